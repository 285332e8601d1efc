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

from trove.common import exception
from trove.datastore import models as datastore_models
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import manager

from trove_k2hdkc import taskmanager
from trove_k2hdkc.tests import test_taskmanager


class UpgradeTest(test_taskmanager.SingleCase):

    def setUp(self):
        super(UpgradeTest, self).setUp()
        self.upgrade = self.patch(manager.Manager, 'upgrade')

    def _upgrade(self, row):
        self.manager.upgrade(self.context, row.id, self.version.id)
        return self.task_of(row.id)

    def test_it_has_ended_when_the_guest_says_so(self):
        row = self.instance_row('single', task_status=InstanceTasks.UPGRADING)
        self.guest.upgrade_and_wait.side_effect = (
            lambda version: self.assertEqual(InstanceTasks.UPGRADING,
                                             self.task_of(row.id)))
        self.assertEqual(InstanceTasks.NONE, self._upgrade(row))
        self.guest.upgrade_and_wait.assert_called_once_with('1.0.19')
        self.upgrade.assert_not_called()

    def test_a_guest_that_cannot(self):
        row = self.instance_row('single', task_status=InstanceTasks.UPGRADING)
        self.guest.upgrade_and_wait.side_effect = exception.GuestError(
            original_message='The image is not there')
        refusal = self.assertRaises(exception.TroveError, self._upgrade, row)
        self.assertIn('The image is not there', str(refusal))
        self.assertEqual(InstanceTasks.UPGRADING_ERROR, self.task_of(row.id))
        self.assertIn('The image is not there', self.fault_of(row.id))

    def _version(self, row):
        return instance_models.DBInstance.find_by(
            id=row.id).datastore_version_id

    def _of_before(self):
        fields = {'image_id': None, 'image_tags': 'trove', 'packages': '',
                  'active': True, 'version': '1.0.18', 'manager': 'k2hdkc',
                  'datastore_id': self.datastore.id, 'name': '1.0.18'}
        if hasattr(datastore_models.DatastoreVersion, 'registry_ext'):
            fields.update(registry_ext='x', repl_strategy='x')
        made = datastore_models.DBDatastoreVersion.create(**fields)
        self.addCleanup(made.delete)
        return made

    def test_the_version_that_runs_is_shown_until_it_is_done(self):
        # Whoever is shown the new one cannot ask for it again on 2024.1.
        before = self._of_before()
        self.guest.running_version.return_value = '1.0.18'
        row = self.instance_row('single', task_status=InstanceTasks.UPGRADING)
        self.guest.upgrade_and_wait.side_effect = exception.GuestError(
            original_message='Timed out')
        self.assertRaises(exception.TroveError, self._upgrade, row)
        self.assertEqual(before.id, self._version(row))
        self.guest.upgrade_and_wait.side_effect = (
            lambda version: self.assertEqual(before.id, self._version(row)))
        self._upgrade(row)
        self.assertEqual(self.version.id, self._version(row))

    def test_a_version_that_runs_and_is_gone(self):
        self.guest.running_version.return_value = '1.0.17'
        row = self.instance_row('single', task_status=InstanceTasks.UPGRADING)
        self.assertEqual(InstanceTasks.NONE, self._upgrade(row))
        self.assertEqual(self.version.id, self._version(row))

    def test_a_guest_that_does_not_know_the_question(self):
        self.guest.running_version.side_effect = exception.GuestError(
            original_message='Endpoint does not support RPC method')
        row = self.instance_row('single', task_status=InstanceTasks.UPGRADING)
        self.assertEqual(InstanceTasks.NONE, self._upgrade(row))

    def test_it_is_claimed(self):
        row = self.instance_row('single', task_status=InstanceTasks.UPGRADING)
        claimed = self.patch(self.manager.claims, 'on')
        self._upgrade(row)
        claimed.assert_called_once_with(instance_models.DBInstance, row.id)

    def test_other_datastores_pass(self):
        row = self.instance_row('other')
        self.patch(taskmanager, 'MANAGER', new='another')
        self._upgrade(row)
        self.upgrade.assert_called_once_with(self.context, row.id,
                                             self.version.id)
        self.guest.upgrade_and_wait.assert_not_called()
