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

"""The user data of instances as Trove makes it of the package's file."""

import base64
import os.path
import subprocess
import tempfile

import yaml

from trove.common import cfg
from trove.common import clients
from trove.taskmanager import models as task_models

from trove_k2hdkc import __path__ as package_path
from trove_k2hdkc.tests import control_case

CONF = cfg.CONF

CONTROLLER = '/etc/trove/controller.conf'


class UserDataTest(control_case.ControlCase):

    def setUp(self):
        super(UserDataTest, self).setUp()
        CONF.set_override('cloudinit_location',
                          os.path.join(list(package_path)[0], 'cloudinit'))
        self.addCleanup(CONF.clear_override, 'cloudinit_location')
        self.nova = self.patch(clients, 'create_nova_client').return_value

    def _user_data(self, files):
        """Return what Nova is given for a new server."""
        row = self.instance_row('single')
        task_models.FreshInstanceTasks(
            self.context, row, None, None)._create_server(
                'flavor', 'image', 'k2hdkc', [], None, [], files)
        return yaml.safe_load(
            self.nova.servers.create.call_args[1]['userdata'])

    def test_trove_has_nothing_to_write(self):
        self.assertEqual(['bootcmd'], list(self._user_data({})))

    def test_files_of_trove_and_our_commands(self):
        made = self._user_data({CONTROLLER: 'CONTROLLER=192.0.2.1'})
        self.assertEqual({'bootcmd', 'write_files'}, set(made))
        self.assertEqual([CONTROLLER],
                         [file['path'] for file in made['write_files']])
        self.assertEqual(
            b'CONTROLLER=192.0.2.1',
            base64.b64decode(made['write_files'][0]['content']))

    def test_the_commands_leave_what_is_there(self):
        root = self.enterContext(tempfile.TemporaryDirectory())
        commands = [[word.replace('/etc/', root + '/etc/') for word in argv]
                    for argv in self._user_data({})['bootcmd']]

        def boot():
            for argv in commands:
                subprocess.run(argv, check=True)
            with open(root + CONTROLLER) as controller:
                return controller.read()

        self.assertEqual('', boot())
        with open(root + CONTROLLER, 'w') as controller:
            controller.write('CONTROLLER=192.0.2.1')
        self.assertEqual('CONTROLLER=192.0.2.1', boot())
