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

from trove.backup import models as backup_models
from trove.backup.state import BackupState
from trove.common import exception
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import manager

from trove_k2hdkc import taskmanager
from trove_k2hdkc.tests import test_taskmanager


class DriverCase(test_taskmanager.SingleCase):

    def setUp(self):
        super(DriverCase, self).setUp()
        self.row = self.instance_row('single')

    def backup(self, driver, state=BackupState.NEW):
        made = backup_models.DBBackup.create(
            name='b', tenant_id=self.project, state=state, deleted=False,
            instance_id=self.row.id, backup_type='full',
            datastore_version_id=self.version.id)
        # A column of later releases.
        made.storage_driver = driver
        self.patch(backup_models.DBBackup, 'find_by', return_value=made)
        return made

    def state_of(self, backup):
        return [row.state for row in backup_models.DBBackup.find_all(
            id=backup.id).all()]

    def told(self):
        # Trove breaks it into lines.
        return ' '.join(self.fault_of(self.row.id).split())


class CreateTest(DriverCase):

    def setUp(self):
        super(CreateTest, self).setUp()
        self.create = self.patch(manager.Manager, 'create_backup')

    def _order(self, **info):
        backup = self.backup(info.get('storage_driver'))
        info['id'] = backup.id
        self.manager.create_backup(self.context, info, self.row.id)
        self.create.assert_called_once_with(self.context, info, self.row.id)
        self.assertEqual([BackupState.NEW], self.state_of(backup))

    def test_backups_that_the_guest_agent_makes_pass(self):
        self._order(storage_driver='swift')

    def test_releases_without_a_choice(self):
        self._order()

    def test_other_datastores_pass(self):
        self.patch(taskmanager, 'MANAGER', new='another')
        self._order(storage_driver='cinder')

    def test_a_snapshot_is_refused(self):
        backup = self.backup('cinder')
        refusal = self.assertRaises(
            exception.TroveError, self.manager.create_backup, self.context,
            {'id': backup.id, 'storage_driver': 'cinder'}, self.row.id)
        self.create.assert_not_called()
        self.assertEqual([BackupState.FAILED], self.state_of(backup))
        self.assertEqual(
            'Backup %s failed: its storage driver is cinder, and K2HDKC has '
            'backups in swift alone. Delete it, and make another.'
            % backup.id, str(refusal))
        self.assertEqual(str(refusal), self.told())
        self.assertEqual(InstanceTasks.NONE, self.task_of(self.row.id))


class RestoreTest(DriverCase):

    def setUp(self):
        super(RestoreTest, self).setUp()
        self.create = self.patch(manager.Manager, 'create_instance')

    def _restore(self, driver):
        self.manager.create_instance(
            self.context, self.row.id, datastore_manager='k2hdkc',
            cluster_config=None, overrides={},
            backup_id=self.backup(driver, BackupState.COMPLETED).id)

    def test_what_the_guest_agent_can_load_passes(self):
        for driver in ('swift', None):
            self._restore(driver)
        self.assertEqual(2, self.create.call_count)

    def test_a_snapshot_is_refused(self):
        self.assertRaises(exception.TroveError, self._restore, 'cinder')
        self.create.assert_not_called()
        self.assertEqual({}, self.k2hr3.rings)
        self.assertEqual(InstanceTasks.BUILDING_ERROR_SERVER,
                         self.task_of(self.row.id))
        self.assertIn('cannot be restored: its storage driver is cinder',
                      self.told())
