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

from trove.backup import models as backup_models
from trove.cluster.tasks import ClusterTasks
from trove.common import clients
from trove.common import exception
from trove.instance.service_status import ServiceStatuses
from trove.quota import quota
from trove.taskmanager import api as task_api

from trove_k2hdkc.control import backups
from trove_k2hdkc import ring
from trove_k2hdkc.tests import test_cluster_api


class BackupCase(test_cluster_api.ClusterCase):

    def setUp(self):
        super(BackupCase, self).setUp()
        self.patch(backup_models.Backup, 'verify_swift_auth_token',
                   autospec=True)
        self.run_with_quotas = self.patch(
            quota, 'run_with_quotas', autospec=True,
            side_effect=lambda project, deltas, order: order())
        self.order = self.patch(
            task_api, 'API', autospec=True).return_value.create_backup
        self.row = self.cluster_row(members=2)
        self.ids = [row.id for row in self.members(self.row.id)]

    def create(self, **fields):
        return backups.create(self.context, self.row.id, **dict(
            {'name': 'nightly', 'description': None,
             'swift_container': None}, **fields))

    def finish(self, backup, *states, size=1):
        for part, state in zip(backup.parts, states):
            part.state = state
            part.size = size
            part.location = 'http://swift/c/%s.tar.gz' % part.id
            part.checksum = 'sum'
            part.save()


class CreateTest(BackupCase):

    def test_one_of_each_member_under_one_id(self):
        made = self.create(description='before: the\nmove',
                           swift_container='mine')
        self.assertEqual((self.row.id, 'nightly', 'before: the\nmove'),
                         (made.cluster_id, made.name, made.description))
        self.assertEqual(set(self.ids),
                         {part.instance_id for part in made.parts})
        self.run_with_quotas.assert_called_once_with(
            self.project, {'backups': 2}, mock.ANY)
        ordered = {call[0][1]: call[0][0]
                   for call in self.order.call_args_list}
        self.assertEqual(set(self.ids), set(ordered))
        for info in ordered.values():
            self.assertEqual(
                (None, 'k2hdkc', '1.0.19', 'swift', 'mine'),
                (info['parent'], info['datastore'],
                 info['datastore_version'], info['storage_driver'],
                 info['swift_container']))
        self.assertEqual(made.id,
                         backups.load(self.project, made.id).id)

    def _assert_refused(self, kind, words):
        refusal = self.assertRaises(kind, self.create)
        self.assertIn(words, str(refusal))
        self.assertEqual([], backups.load_all(self.project))
        self.order.assert_not_called()

    def test_a_cluster_that_is_busy(self):
        self.row = self.cluster_row('busy', members=1,
                                    task_status=ClusterTasks.GROWING_CLUSTER)
        self._assert_refused(exception.UnprocessableEntity, 'GROWING')

    def test_a_cluster_that_is_not_there(self):
        self.row = mock.Mock(id='nowhere')
        self._assert_refused(exception.ClusterNotFound, 'nowhere')

    def test_a_member_that_is_not_healthy(self):
        self.instance_row('ill', status=ServiceStatuses.CRASHED,
                          cluster_id=self.row.id)
        self._assert_refused(exception.UnprocessableEntity, 'not healthy')

    def test_a_member_that_is_backed_up_already(self):
        self.patch(backup_models.Backup, 'running', autospec=True,
                   return_value='one')
        self._assert_refused(exception.UnprocessableEntity,
                             'being backed up already')

    def test_another_datastore(self):
        cluster = mock.Mock()
        cluster.ds_version.manager = 'mysql'
        self.patch(backups.cluster_models.Cluster, 'load', autospec=True,
                   return_value=cluster)
        self._assert_refused(exception.BadRequest, 'not one of K2HDKC')

    def test_a_backup_that_cannot_be_ordered_leaves_no_row(self):
        self.order.side_effect = [None, exception.TroveError('no')]
        self.assertRaises(exception.TroveError, self.create)
        self.assertEqual([], backups.load_all(self.project))


class StateTest(BackupCase):

    def test_state_of_all_parts(self):
        for states, expected in (
            (('NEW', 'NEW'), 'NEW'), (('NEW', 'COMPLETED'), 'BUILDING'),
            (('COMPLETED', 'COMPLETED'), 'COMPLETED'),
            (('BUILDING', 'FAILED'), 'FAILED'),
            (('DELETE_FAILED', 'COMPLETED'), 'DELETE_FAILED'),
        ):
            backup = mock.Mock(cluster_size=2, parts=[
                mock.Mock(state=one) for one in states])
            self.assertEqual(expected, backups.state_of(backup))

    def test_state_when_parts_are_gone(self):
        for state, expected in (
            ('COMPLETED', 'FAILED'), ('FAILED', 'FAILED'),
            # Seen by another request amid the creation.
            ('NEW', 'NEW'), ('BUILDING', 'BUILDING'),
        ):
            backup = mock.Mock(cluster_size=2,
                               parts=[mock.Mock(state=state)])
            self.assertEqual(expected, backups.state_of(backup))

    def test_the_mark_fits_into_the_table(self):
        self.create(description='d' * 200)
        longest = max(len(call[0][0]['description'])
                      for call in self.order.call_args_list)
        self.assertLess(longest + len('255'), 512)

    def test_what_is_no_backup_of_a_cluster_is_left_out(self):
        backup_models.DBBackup.create(
            name='other', description='k2hdkc cluster backup',
            tenant_id=self.project, state='NEW', deleted=False)
        self.assertEqual([], backups.load_all(self.project))


class RestoreTest(BackupCase):

    def setUp(self):
        super(RestoreTest, self).setUp()
        self.patch(clients, 'create_swift_client', autospec=True,
                   return_value=mock.Mock(url='http://swift/v1/AUTH_x'))
        self.backup = self.create()

    def _restore(self, members=3, **member):
        return test_cluster_api.api.Cluster.create(
            self.context, 'new', self.datastore, self.version,
            [test_cluster_api.member(**member)] * members,
            {'k2hdkc_backup': self.backup.id}, None, None, 'image')

    def test_every_member_loads_all(self):
        self.finish(self.backup, 'COMPLETED', 'COMPLETED')
        self._restore()
        self.assertEqual(3, self.create_instance.call_count)
        for call in self.create_instance.call_args_list:
            told = call[1]['cluster_config'][ring.BACKUPS_KEY]
            self.assertEqual({part.id for part in self.backup.parts},
                             {info['id'] for info in told})
            self.assertEqual(
                {('sum', 'swift', 'http://swift/v1/AUTH_x')},
                {(info['checksum'], info['storage_driver'],
                  info['swift_url']) for info in told})

    def _assert_refused(self, kind, **member):
        refusal = self.assertRaises(kind, self._restore, **member)
        self.create_instance.assert_not_called()
        self.assertEqual({}, self.k2hr3.rings)
        return refusal

    def test_a_backup_that_is_not_done(self):
        self.finish(self.backup, 'COMPLETED', 'BUILDING')
        self._assert_refused(exception.BackupNotCompleteError)

    def test_a_backup_of_which_a_part_is_gone(self):
        self.finish(self.backup, 'COMPLETED', 'COMPLETED')
        self.backup.parts[0].delete()
        refusal = self._assert_refused(exception.BackupNotCompleteError)
        self.assertIn('the backups of 1 of 2 members, the others are gone',
                      str(refusal))

    def test_a_backup_that_does_not_fit(self):
        self.finish(self.backup, 'COMPLETED', 'COMPLETED', size=2)
        self._assert_refused(exception.BackupTooLarge)

    def test_parts_that_may_hold_the_same_keys_are_not_added_up(self):
        self.finish(self.backup, 'COMPLETED', 'COMPLETED', size=1.9)
        self._restore(volume_size=2)
        self.assertEqual(3, self.create_instance.call_count)

    def test_a_backup_that_is_not_there(self):
        self.backup = mock.Mock(id='nowhere')
        self._assert_refused(exception.NotFound)
