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
from trove.backup.state import BackupState
from trove.common import exception
from trove.common import wsgi

from trove_k2hdkc.cluster import backups as api
from trove_k2hdkc.control import backups
from trove_k2hdkc import extension
from trove_k2hdkc.tests import test_cluster_backups


class ApiTest(test_cluster_backups.BackupCase):

    def setUp(self):
        super(ApiTest, self).setUp()
        self.controller = api.ClusterBackupController()
        self.request = mock.MagicMock(
            environ={wsgi.CONTEXT_KEY: self.context}, host='api',
            remote_addr='127.0.0.1')
        self.patch(api.notification, 'StartNotification', autospec=True)

    def _create(self, **asked):
        return self.controller.create(
            self.request, self.project, {'cluster_backup': dict(
                {'cluster': self.row.id, 'name': 'nightly'}, **asked)}).data(
            'application/json')['cluster_backup']

    def test_it_is_served(self):
        resource = extension.K2hdkc().get_resources()[0]
        self.assertEqual('{tenant_id}/k2hdkc/cluster_backups',
                         resource.collection)

    def test_create_show_and_list(self):
        made = self._create(description='a')
        self.assertEqual(('NEW', 'a', self.row.id, 0), (
            made['status'], made['description'], made['cluster_id'],
            made['size']))
        self.assertEqual(set(self.ids), {
            member['instance_id'] for member in made['members']})
        self.assertEqual(made, self._show(made['id']))
        listed = self.controller.index(self.request, self.project)
        self.assertEqual([made], listed.data('application/json')[
            'cluster_backups'])

    def test_bad_requests(self):
        for body in (None, [], {}, {'cluster_backup': {'name': 'a'}},
                     {'cluster_backup': {'cluster': 'a', 'name': ''}},
                     {'cluster_backup': {'cluster': 'a', 'name': 'b',
                                         'incremental': True}}):
            self.assertRaises(exception.BadRequest, self.controller.create,
                              self.request, self.project, body)
        self.assertEqual([], backups.load_all(self.project))
        self.assertRaises(exception.TroveError, self._create,
                          swift_container='a; b')

    def test_delete(self):
        made = backups.load(self.project, self._create()['id'])
        delete = self.patch(backup_models.Backup, 'delete', autospec=True)
        self.assertRaises(exception.UnprocessableEntity,
                          self.controller.delete, self.request, self.project,
                          made.id)
        self.finish(made, BackupState.COMPLETED, BackupState.FAILED)
        result = self.controller.delete(self.request, self.project, made.id)
        self.assertEqual(202, result.status)
        self.assertEqual({part.id for part in made.parts},
                         {call[0][1] for call in delete.call_args_list})

    def _show(self, backup_id):
        return self.controller.show(
            self.request, self.project, backup_id).data(
            'application/json')['cluster_backup']

    def test_parts_that_are_gone(self):
        made = backups.load(self.project, self._create()['id'])
        self.finish(made, BackupState.COMPLETED, BackupState.COMPLETED)
        shown = self._show(made.id)
        self.assertEqual(('COMPLETED', 0),
                         (shown['status'], shown['missing']))
        made.parts[0].delete()
        shown = self._show(made.id)
        self.assertEqual(('FAILED', 1, 1), (
            shown['status'], shown['missing'], len(shown['members'])))
        delete = self.patch(backup_models.Backup, 'delete', autospec=True)
        self.controller.delete(self.request, self.project, made.id)
        delete.assert_called_once_with(self.context, made.parts[1].id)

    def test_nothing_is_deleted_while_a_part_is_being_made(self):
        made = backups.load(self.project, self._create()['id'])
        delete = self.patch(backup_models.Backup, 'delete', autospec=True)
        self.finish(made, BackupState.FAILED, BackupState.BUILDING)
        self.assertRaises(exception.UnprocessableEntity,
                          self.controller.delete, self.request, self.project,
                          made.id)
        delete.assert_not_called()

    def test_a_body_that_nobody_asks_for(self):
        made = backups.load(self.project, self._create()['id'])
        self.finish(made, BackupState.COMPLETED, BackupState.COMPLETED)
        self.patch(backup_models.Backup, 'delete', autospec=True)
        resource = self.controller.create_resource()
        for body in ({}, [], None, {'cluster_backup': {'name': 'a'}}):
            for action, code, more in (
                ('index', 200, {}), ('show', 200, {'id': made.id}),
                ('delete', 202, {'id': made.id}),
            ):
                answer = resource.execute_action(
                    action, self.request, tenant_id=self.project, body=body,
                    **more)
                self.assertEqual(code, getattr(answer, 'status', answer))

    def test_one_that_is_not_there(self):
        self.assertRaises(exception.NotFound, self.controller.show,
                          self.request, self.project, 'nowhere')
