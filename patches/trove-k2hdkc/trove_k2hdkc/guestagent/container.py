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

"""The K2HDKC container: how it is made, stopped and looked at.

Trove's own helper starts containers in the IPC namespace of the host, where
fs.mqueue cannot be set, and without a time to stop in.
"""

import json
import os.path
import socket
from urllib import parse

import docker
from oslo_log import log as logging

from trove.common import cfg
from trove.common import constants
from trove.common import exception
from trove.guestagent.utils import docker as docker_util

from trove_k2hdkc.guestagent import bridge
from trove_k2hdkc.guestagent import store
from trove_k2hdkc import MANAGER
from trove_k2hdkc import parameters

LOG = logging.getLogger(__name__)
CONF = cfg.CONF

NAME = 'database'

# Where cloud-init leaves the id of the instance.
INSTANCE_ID_DIRECTORY = '/var/lib/cloud/data'

# The same places in the container.
DATA_INSIDE = '/var/lib/antpickax/k2hdkc'
INSTANCE_ID_INSIDE = '/var/lib/cloud/data'

# For a command to end after its time is over.
SILENCE_SECONDS = 30

# Lines of the container's log that go into the reason of a failure.
LOG_LINES = 5


def image(option, version):
    """Return the name of an image with its tag.

    :param option: docker_image or backup_docker_image
    :param version: datastore version, the tag unless the option has one
    """
    name = CONF.get(MANAGER).get(option)
    if not name:
        raise exception.TroveError(
            'No image is set. Set %s in [k2hdkc] of the configuration of the '
            'guest agent, which the task manager sends to new instances.'
            % option)
    if ':' in name.rsplit('/', 1)[-1]:
        return name
    return '%s:%s' % (name, version or 'latest')


def volumes():
    """Return the mapping of directories, as the docker SDK has it."""
    return {CONF.get(MANAGER).mount_point: {'bind': DATA_INSIDE,
                                            'mode': 'rw'}}


def network_mode():
    """Return host, bridge or the mode of an isolated network.

    The task manager decides on isolation for each instance, and leaves a
    file where it is wanted.
    """
    if (CONF.network_isolation and
            os.path.exists(constants.ETH1_CONFIG_PATH)):
        return constants.DOCKER_HOST_NIC_MODE
    return CONF.get(MANAGER).network_mode


def environment(values, ring):
    """Return the variables that the entrypoint of the image reads."""
    host = parse.urlsplit(ring.extdata_url).hostname
    variables = dict(parameters.environment(values, [host]),
                     cluster_name=ring.name, extdata_url=ring.extdata_url)
    if ring.authority:
        # curl asks nobody but K2HR3.
        variables['CURL_CA_BUNDLE'] = '%s/%s' % (DATA_INSIDE,
                                                 store.AUTHORITY_FILE)
    return variables


def _ports(values):
    return [values['chmpx-server-port'], values['chmpx-server-ctlport']]


# CHMPX looks up the name of whoever connects, and does nothing else until
# there is an answer; other nodes wait for it five seconds.
DNS_OPTIONS = ['timeout:1', 'attempts:1']


def _host_config(client, values, ring, mode, limit):
    bound = dict(volumes())
    bound[INSTANCE_ID_DIRECTORY] = {'bind': INSTANCE_ID_INSIDE,
                                    'mode': 'ro'}
    options = {
        'binds': bound, 'ipc_mode': 'private',
        'restart_policy': {'Name': 'unless-stopped'},
        'dns_opt': DNS_OPTIONS,
        'sysctls': {'fs.mqueue.msg_max': str(limit),
                    'fs.mqueue.queues_max': str(max(256, limit))},
        'log_config': docker.types.LogConfig(
            type='json-file', config={'max-size': '10m', 'max-file': '3'}),
    }
    if mode == constants.DOCKER_BRIDGE_MODE:
        options['port_bindings'] = {port: (bridge.EVERY_IPV4, port)
                                    for port in _ports(values)}
        options['extra_hosts'] = bridge.hosts(socket.gethostname(),
                                              bridge.own_address(ring))
        options['dns'] = bridge.name_servers()
    options['network_mode'] = (
        constants.DOCKER_NETWORK_NAME
        if mode == constants.DOCKER_HOST_NIC_MODE else mode)
    return client.api.create_host_config(**options)


def _isolated(client):
    """Return the network of the user's port, with its addresses."""
    docker_util.create_network(client, constants.DOCKER_NETWORK_NAME)
    with open(constants.ETH1_CONFIG_PATH) as eth1:
        port = json.load(eth1)
    addresses = {name: port[name] for name in ('ipv4_address', 'ipv6_address')
                 if port.get(name)}
    return client.api.create_networking_config({
        constants.DOCKER_NETWORK_NAME:
            client.api.create_endpoint_config(**addresses)})


def _have(client, name):
    """Pull an image, unless it was put into the guest image already."""
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        LOG.info('Pulling %s.', name)
        try:
            client.images.pull(name)
        except docker.errors.DockerException as error:
            raise exception.TroveError(
                'The image %s is not on the instance and could not be '
                'pulled: %s' % (name, error))


def start(client, name, values, ring, user, limit):
    """Start a new container in place of one that is there.

    :param name: image with tag
    :param values: parameters that hold
    :param ring: Ring
    :param user: `uid:gid` that it runs as
    :param limit: fs.mqueue.msg_max
    :raises TroveError: it could not be started
    """
    _have(client, name)
    remove(client)
    try:
        _run(client, name, values, ring, user, limit)
    except docker.errors.DockerException as error:
        raise exception.TroveError(
            'The container of K2HDKC could not be started: %s' % error)


def _run(client, name, values, ring, user, limit):
    mode = network_mode()
    LOG.info('Starting %s in ring %s, network mode %s.', name, ring.name,
             mode)
    options = {}
    if mode == constants.DOCKER_BRIDGE_MODE:
        options['ports'] = _ports(values)
        options['hostname'] = socket.gethostname()
    if mode == constants.DOCKER_HOST_NIC_MODE:
        options['networking_config'] = _isolated(client)
    made = client.api.create_container(
        name, name=NAME, user=user, detach=True,
        environment=environment(values, ring),
        host_config=_host_config(client, values, ring, mode, limit),
        stop_timeout=CONF.get(MANAGER).stop_timeout, **options)
    client.api.start(made)


def find(client):
    """Return the container, None when there is none."""
    try:
        return client.containers.get(NAME)
    except docker.errors.NotFound:
        return None


def stop(client):
    """Let the node leave its ring in good order and end."""
    container = find(client)
    if container is not None:
        container.stop(timeout=CONF.get(MANAGER).stop_timeout)


def remove(client):
    """Stop the container and remove it; its data stay on the volume."""
    stop(client)
    container = find(client)
    if container is not None:
        container.remove(force=True)


def leave(client, seconds):
    """Have the ring take over what this node serves, and end the node.

    The container stays, with nothing in it.

    :param seconds: how long the ring may take
    :raises TroveError: the node has not left in good order
    """
    container = find(client)
    if container is None or container.status != 'running':
        LOG.info('No container runs that could leave its ring.')
        return
    _wait_for('stop', seconds,
              'The node could not leave its ring in good order')


def settle(seconds):
    """Wait until the node serves and its ring moves no data.

    :param seconds: how long the ring may take
    :raises TroveError: it took longer, or no node runs
    """
    _wait_for('settle', seconds, 'The ring has not settled')


def _wait_for(command, seconds, failure):
    """Have the entrypoint do what waits for the ring.

    :raises TroveError: `failure` and the reason
    """
    # The command says nothing while it waits, and the client of the agent
    # gives up after a minute of silence.
    container = find(docker.from_env(timeout=seconds + SILENCE_SECONDS))
    if container is None:
        raise exception.TroveError('%s: there is no container' % failure)
    try:
        code, said = container.exec_run(
            ['/usr/libexec/k2hdkctrove.sh', command, str(seconds)])
    except docker.errors.APIError as error:
        raise exception.TroveError('%s: %s' % (failure, error))
    if code != 0:
        raise exception.TroveError('%s: %s' % (failure, last_lines(said)))


def last_lines(said):
    """Return the end of what a program said, in one line."""
    lines = said.decode(errors='replace').strip().splitlines()
    return ' | '.join(line.strip() for line in lines[-LOG_LINES:]) or (
        'it said nothing')


def log(client):
    """Return all that the container has logged, as bytes."""
    container = find(client)
    return b'' if container is None else container.logs(timestamps=False)
