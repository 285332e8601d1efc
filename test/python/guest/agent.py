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

"""The guest agent's manager, driven by lines of JSON on standard input.

For tests with a real docker engine. Each line is [METHOD, ARGUMENTS]; the
answer is a line with `result` or `error`. What leads out of the guest, the
messages to the conductor, is left out; the rest is real.
"""

import json
import os
import sys
from unittest import mock

from trove.cmd import guest  # noqa
from trove.common import cfg
from trove.conductor import api as conductor_api
from trove.guestagent.datastore import service

from trove_k2hdkc.guestagent import container
from trove_k2hdkc.guestagent import manager

CONF = cfg.CONF


def configure(settings):
    CONF([], project='trove', default_config_files=[])
    CONF.set_override('datastore_manager', 'k2hdkc')
    CONF.set_override('guest_id', 'the-guest')
    CONF.set_override('state_change_wait_time', 60)
    CONF.set_override('state_change_poll_time', 1)
    for name, value in settings['options'].items():
        CONF.set_override(name, value, 'k2hdkc')
    container.INSTANCE_ID_DIRECTORY = settings['instanceIdDirectory']
    service.BaseDbStatus.GUESTAGENT_DIR = settings['agentDirectory']


def prepare(agent, template, overrides, version):
    agent.prepare(None, [], [], 512, [], config_contents=template,
                  overrides=overrides, ds_version=version)


def main():
    configure(json.loads(os.environ['AGENT_SETTINGS']))
    agent = manager.Manager()
    for line in sys.stdin:
        method, arguments = json.loads(line)
        try:
            if method == 'prepare':
                # Its notification goes to the conductor.
                with mock.patch('trove.guestagent.datastore.manager.'
                                'EndNotification'):
                    result = prepare(agent, **arguments)
            elif method == 'status':
                result = agent.get_service_status().description
            else:
                result = getattr(agent, method)(None, **arguments)
            answer = {'result': result}
        except Exception as error:
            answer = {'error': str(error)}
        print(json.dumps(answer), flush=True)


with mock.patch.object(conductor_api, 'API'):
    main()
