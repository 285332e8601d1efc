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

import datetime

from oslo_utils import timeutils

from trove.backup import models as backup_models
from trove.backup.state import BackupState
from trove.common import exception
from trove import db
from trove.instance import models as instance_models

from trove_k2hdkc.control import abandoned
from trove_k2hdkc.control import backups
from trove_k2hdkc.tests import control_case

STATUS = instance_models.InstanceServiceStatus
HOUR = 3600


class BackupTest(control_case.ControlCase):

    def _age(self, model, column, seconds, **wanted):
        query = db.get_db_api().find_all(model, **wanted)
        query.update({column: timeutils.utcnow() - datetime.timedelta(
            seconds=seconds)}, synchronize_session=False)
        query.session.commit()

    def _backup(self, state, age, heartbeat=0):
        """Make a backup.

        :param age: seconds since it was told of last
        :param heartbeat: seconds since the guest agent told of itself
        """
        self.instance = self.instance_row('single')
        row = backup_models.DBBackup.create(
            name='b', tenant_id=self.project, state=state, deleted=False,
            instance_id=self.instance.id, backup_type='full',
            datastore_version_id=self.version.id)
        self._age(backup_models.DBBackup, 'updated', age, id=row.id)
        self._age(STATUS, 'updated_at', heartbeat,
                  instance_id=self.instance.id)
        return row.id

    def _state_of(self, backup_id):
        return backup_models.DBBackup.find_by(id=backup_id).state

    def _fault(self):
        message = instance_models.DBInstanceFault.find_by(
            instance_id=self.instance.id).message
        # Trove breaks it into lines.
        return ' '.join(message.split())

    def _assert_failed(self, backup, words):
        abandoned.give_up()
        self.assertEqual(BackupState.FAILED, self._state_of(backup))
        self.assertIn('Backup %s failed: %s' % (backup, words),
                      self._fault())

    def _assert_stays(self, state, *ages):
        backup = self._backup(state, *ages)
        abandoned.give_up()
        self.assertEqual(state, self._state_of(backup))
        self.assertRaises(exception.ModelNotFoundError, self._fault)

    def test_an_order_that_was_lost(self):
        self._assert_failed(self._backup(BackupState.NEW, 190),
                            'the guest agent never got the order')

    def test_an_order_that_is_on_its_way(self):
        self._assert_stays(BackupState.NEW, 170, HOUR)

    def test_a_guest_that_is_gone(self):
        for state in (BackupState.BUILDING, BackupState.SAVING):
            self._assert_failed(self._backup(state, HOUR, 190),
                                'the guest agent does not answer any more')

    def test_an_instance_that_is_gone(self):
        backup = self._backup(BackupState.BUILDING, HOUR)
        STATUS.find_by(instance_id=self.instance.id).delete()
        self._assert_failed(backup, 'its instance is gone')

    def test_one_that_takes_long_is_waited_for(self):
        self._assert_stays(BackupState.BUILDING, 4 * HOUR, 170)

    def test_one_that_began_just_now(self):
        self._assert_stays(BackupState.BUILDING, 170, HOUR)

    def test_one_of_which_the_end_was_lost(self):
        self._assert_failed(self._backup(BackupState.BUILDING, 6 * HOUR),
                            'the guest agent did not say how it ended')

    def test_those_that_have_ended_stay(self):
        for state in BackupState.END_STATES:
            self._assert_stays(state, 6 * HOUR, HOUR)

    def test_an_end_that_is_told_just_now_holds(self):
        backup = self._backup(BackupState.BUILDING, 6 * HOUR)
        row = backup_models.DBBackup.find_by(id=backup)
        row.state = BackupState.COMPLETED
        row.save()
        row.state = BackupState.BUILDING
        backups.fail(row, 'reason')
        self.assertEqual(BackupState.COMPLETED, self._state_of(backup))
        self.assertRaises(exception.ModelNotFoundError, self._fault)

    def test_a_failed_one_can_be_deleted(self):
        backup = self._backup(BackupState.NEW, 190)
        abandoned.give_up()
        self.assertFalse(backup_models.Backup.running(self.instance.id))
        self.assertFalse(
            backup_models.DBBackup.find_by(id=backup).is_running)
