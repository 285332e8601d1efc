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

from unittest import mock

from novaclient import exceptions

from trove.common import clients
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTasks

from trove_k2hdkc.control import abandoned
from trove_k2hdkc.tests import test_abandoned

INSTANCE = instance_models.DBInstance


class ServerTest(test_abandoned.AbandonedCase):
    """An abandoned resize, by what Nova says of the server."""

    def setUp(self):
        super(ServerTest, self).setUp()
        self.server = mock.Mock(flavor={'id': '1'})
        self.nova = self.patch(clients, 'create_nova_client', autospec=True)
        self.get = self.nova.return_value.servers.get
        self.get.return_value = self.server

    def _give_up(self, status, task=InstanceTasks.RESIZING):
        self.server.status = status
        row = self.instance_row('single', task_status=task)
        # All tests have one database.
        self.addCleanup(self.delete_row, row.id)
        self.age(INSTANCE, row.id)
        abandoned.give_up()
        return INSTANCE.find_by(id=row.id)

    def test_one_that_nobody_confirms_is_taken_back_first(self):
        for task in (InstanceTasks.RESIZING, InstanceTasks.MIGRATING):
            row = self._give_up('VERIFY_RESIZE', task)
            self.assertEqual(task, row.get_task_status())
            self.get.assert_called_with('server of single')
            self.server.revert_resize.assert_called_once_with()
            self.server.revert_resize.reset_mock()
            self.server.status = 'ACTIVE'
            abandoned.give_up()
            self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                             self.task_of(row.id))
            self.server.revert_resize.assert_not_called()

    def test_nova_goes_on(self):
        for status in ('RESIZE', 'REVERT_RESIZE', 'MIGRATING'):
            self.assertEqual(InstanceTasks.RESIZING,
                             self._give_up(status).get_task_status())
        self.server.revert_resize.assert_not_called()

    def test_one_that_nova_has_confirmed(self):
        self.server.flavor = {'id': '7'}
        row = self._give_up('ACTIVE')
        self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                         row.get_task_status())
        self.assertEqual('7', row.flavor_id)

    def test_a_server_that_is_gone(self):
        self.get.side_effect = exceptions.NotFound(404)
        self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                         self._give_up(None).get_task_status())

    def test_a_nova_that_is_away_is_asked_again(self):
        self.get.side_effect = OSError('the connection was refused')
        row = self._give_up('ACTIVE')
        self.assertEqual(InstanceTasks.RESIZING, row.get_task_status())
        self.get.side_effect = None
        abandoned.give_up()
        self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                         self.task_of(row.id))

    def test_other_tasks_are_none_of_nova(self):
        self._give_up('VERIFY_RESIZE', InstanceTasks.REBOOTING)
        self.nova.assert_not_called()
