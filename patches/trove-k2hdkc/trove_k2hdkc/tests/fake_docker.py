#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""A stand-in for a docker engine; the requests are made by the real SDK."""

import json

import docker
import requests


class FakeContainer(object):

    def __init__(self, engine, name, config):
        self.engine = engine
        self.name = name
        self.config = config
        self.status = 'created'
        self.health = 'starting'
        self.restarts = 0
        self.said = b''
        self.executed = []
        self.exec_result = (0, b'')

    @property
    def attrs(self):
        return {
            'State': {'Status': self.status,
                      'Health': {'Status': self.health}},
            'RestartCount': self.restarts,
        }

    def stop(self, timeout):
        self.engine.log.append(('stop', self.name, timeout))
        self.status = 'exited'

    def remove(self, force):
        self.engine.log.append(('remove', self.name))
        del self.engine.made[self.name]

    def logs(self, timestamps=False):
        return self.said

    def exec_run(self, command):
        self.executed.append(command)
        return self.exec_result

    def wait(self, timeout):
        self.engine.log.append(('wait', self.name))
        return {'StatusCode': self.config['code']}


class FakeApi(docker.APIClient):
    """Makes requests as the real one, and keeps them."""

    def __init__(self, engine):
        super(FakeApi, self).__init__(base_url='http://nowhere:1',
                                      version='1.41')
        # Not those of whoever runs the tests.
        self._auth_configs = docker.auth.AuthConfig({})
        self.engine = engine

    def create_container_from_config(self, config, name=None, platform=None):
        container = FakeContainer(self.engine, name, config)
        self.engine.made[name] = container
        self.engine.log.append(('create', name, config['Image']))
        return {'Id': name}

    def _post_json(self, url, data, **kwargs):
        # Nothing but a login is sent in this way.
        self.engine.log.append(('login', data['serveraddress'],
                                data['username'], data['password']))
        answer = requests.Response()
        answer.status_code = 500 if self.engine.login_fault else 200
        answer._content = json.dumps(
            {'message': self.engine.login_fault}).encode()
        return answer

    def start(self, container):
        made = self.engine.made[container['Id']]
        made.status = 'running'
        self.engine.on_start(made)


class FakeDocker(object):
    """The part of docker.DockerClient that the guest agent uses.

    on_start: what happens to a container that is started.
    results: exit code and output by name, for containers that run to an end.
    login_fault: what the engine says to a login that it refuses.
    pulled_as: who each image was pulled as, by its name; None for nobody.
    """

    def __init__(self):
        self.log = []
        self.made = {}
        self.present = set()
        self.results = {}
        self.login_fault = None
        self.pulled_as = {}
        self.api = FakeApi(self)
        self.on_start = lambda container: setattr(container, 'health',
                                                  'healthy')
        self.containers = self
        self.images = FakeImages(self)

    def get(self, name):
        if name not in self.made:
            raise docker.errors.NotFound('no such container')
        return self.made[name]

    def login(self, *args, **kwargs):
        return self.api.login(*args, **kwargs)

    def run(self, image, command, name, **options):
        result = self.results[name]
        if isinstance(result, Exception):
            raise result
        container = FakeContainer(self, name, dict(options, code=result[0]))
        container.said = result[1]
        self.made[name] = container
        self.log.append(('run', name, image, command, options))
        return container


class FakeImages(object):

    def __init__(self, engine):
        self.engine = engine

    def get(self, name):
        if name not in self.engine.present:
            raise docker.errors.ImageNotFound('no such image')

    def pull(self, name):
        self.engine.log.append(('pull', name))
        registry, _ = docker.auth.resolve_repository_name(name)
        found = self.engine.api._auth_configs.resolve_authconfig(registry)
        self.engine.pulled_as[name] = found and found['username']
        self.engine.present.add(name)
