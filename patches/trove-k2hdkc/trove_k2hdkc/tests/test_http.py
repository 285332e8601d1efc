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

"""What a user is answered: code and sentence, from Trove's own controllers."""

from unittest import mock

from trove.cluster import models as cluster_models
from trove.cluster import service
from trove.cluster.tasks import ClusterTasks
from trove.common import clients
from trove.common import glance
from trove.common import wsgi
from trove.tests.unittests import trove_testtools

from trove_k2hdkc.cluster import backups
from trove_k2hdkc.tests import test_cluster_api


class HttpTest(test_cluster_api.ClusterCase):

    def setUp(self):
        super(HttpTest, self).setUp()
        trove_testtools.patch_notifier(self)
        self.patch(clients, 'create_glance_client')
        self.patch(glance, 'get_image_id', return_value='image')
        self.request = mock.MagicMock(
            environ={wsgi.CONTEXT_KEY: self.context}, host='api',
            remote_addr='127.0.0.1')
        self.row = self.cluster_row(members=2)
        self.ids = [row.id for row in self.members(self.row.id)]

    def _answer(self, controller, action, **arguments):
        fault = controller.create_resource().execute_action(
            action, self.request, tenant_id=self.project, **arguments)
        self.assertIsInstance(fault, wsgi.Fault)
        return fault.wrapped_exc.status_int, fault.wrapped_exc.detail

    def _assert_action(self, code, words, body, row=None):
        row = row or self.row
        before = len(self.members(row.id))
        task = self.task(row)
        answered, sentence = self._answer(service.ClusterController(),
                                          'action', id=row.id, body=body)
        self.assertEqual(code, answered, sentence)
        self.assertIn(words, sentence)
        self.assertEqual(before, len(self.members(row.id)))
        self.assertEqual(task, self.task(row))

    def test_actions(self):
        self.cluster_row('taken')
        stranger = self.instance_row('stranger').id
        for code, words, body in (
            (400, 'Not members', {'shrink': [{'id': stranger}]}),
            (400, 'at least one', {'shrink': [{'id': id}
                                              for id in self.ids]}),
            (400, 'flavor', {'grow': [{'flavorRef': '2',
                                       'volume': {'size': 1}}]}),
            (404, 'nowhere', {'configuration_attach': {
                'configuration_id': 'nowhere'}}),
            (422, 'open that port', {'configuration_attach': {
                'configuration_id': self.group(chmpx_server_port=9020)}}),
            (409, 'has the ring taken already', {'configuration_attach': {
                'configuration_id': self.group(cluster_name='taken')}}),
            (422, 'no configuration group', {'configuration_detach': {}}),
        ):
            self._assert_action(code, words, body)

    def test_k2hr3_is_away(self):
        self.k2hr3.go_away()
        for body in ({'restart': {}}, {'grow': [
                {'flavorRef': '1', 'volume': {'size': 1}}]}):
            self._assert_action(503, 'the connection was refused', body)

    def test_a_busy_cluster(self):
        row = self.cluster_row('busy', members=2,
                               task_status=ClusterTasks.GROWING_CLUSTER)
        self._assert_action(422, 'GROWING_CLUSTER', {'restart': {}}, row)

    def test_creating(self):
        def answer(name='new', members=2, **cluster):
            return self._answer(
                service.ClusterController(), 'create', body={
                    'cluster': dict({
                        'name': name, 'datastore': {
                            'type': 'k2hdkc', 'version': '1.0.19'},
                        'instances': [{'flavorRef': '1', 'volume': {
                            'size': 1}}] * members}, **cluster)})
        # Trove's own hints for Nova are not looked at.
        self.patch(cluster_models.srv_grp.ServerGroup,
                   'build_scheduler_hint', return_value=None)
        for code, words, answered in (
            (400, 'at least 2', answer(members=1)),
            (409, 'has the ring ring already', answer('Ring')),
            (422, 'cannot be the name of a ring', answer('my ring')),
            (404, 'nowhere', answer(configuration='nowhere')),
            (404, 'nowhere', answer(extended_properties={
                'k2hdkc_backup': 'nowhere'})),
            (400, 'no extended properties k2hdkc-backup. K2HDKC knows one, '
             'k2hdkc_backup', answer(extended_properties={
                 'k2hdkc-backup': 'nowhere'})),
            (400, 'no extended properties num_mongos', answer(
                extended_properties={'k2hdkc_backup': 'nowhere',
                                     'num_mongos': 1})),
            *((400, 'The extended property k2hdkc_backup is not valid',
               answer(extended_properties={'k2hdkc_backup': wrong}))
              for wrong in (1, ['nowhere'], {'id': 'nowhere'}, '', None,
                            True)),
        ):
            self.assertEqual(code, answered[0], answered)
            self.assertIn(words, answered[1])
        self.k2hr3.go_away()
        self.assertEqual(503, answer()[0])
        self.assertEqual([self.row.id], [row.id for row in self.clusters()])
        self.create_instance.assert_not_called()

    def test_backups_of_clusters(self):
        for code, words, answered in (
            (400, 'not valid', self._answer(
                backups.ClusterBackupController(), 'create', body={})),
            (404, 'nowhere', self._answer(
                backups.ClusterBackupController(), 'create', body={
                    'cluster_backup': {'cluster': 'nowhere', 'name': 'a'}})),
            (404, 'nowhere', self._answer(
                backups.ClusterBackupController(), 'delete', id='nowhere')),
        ):
            self.assertEqual(code, answered[0], answered)
            self.assertIn(words, answered[1])
