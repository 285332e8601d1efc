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

import json

from osc_lib import exceptions as osc_exceptions
from troveclient import exceptions

from trove_k2hdkc.tests import client_case

API = client_case.API
URL = API + '/k2hdkc/cluster_backups'
BACKUP = {
    'id': 'b1', 'cluster_id': 'c1', 'name': 'nightly', 'description': None,
    'status': 'NEW', 'size': 3, 'missing': 0, 'members': [
        {'backup_id': 'p1', 'instance_id': 'i1', 'status': 'NEW',
         'location': None, 'size': 1},
        {'backup_id': 'p2', 'instance_id': 'i2', 'status': 'BUILDING',
         'location': None, 'size': 2}]}


class ClusterBackupCommandTest(client_case.ClientCase):

    def test_create_finds_the_cluster_by_its_name(self):
        self.serve('clusters', id='c1', name='shop')
        sent = self.web.post(URL, status_code=202,
                             json={'cluster_backup': BACKUP})
        columns, values = self.run_command(
            'database cluster backup create', 'nightly', '--cluster', 'shop',
            '--swift-container', 'mine')
        self.assertEqual(
            {'cluster_backup': {'name': 'nightly', 'cluster': 'c1',
                                'swift_container': 'mine'}},
            json.loads(sent.last_request.text))
        self.assertEqual(
            {'id': 'b1', 'cluster_id': 'c1', 'name': 'nightly',
             'status': 'NEW', 'size': 3, 'description': '',
             'members': 'i1: NEW, i2: BUILDING'},
            dict(zip(columns, values)))

    def test_what_the_api_refuses_is_told_in_its_words(self):
        self.web.get(API + '/clusters/c1',
                     json={'cluster': {'id': 'c1', 'name': 'shop'}})
        self.web.post(
            URL, status_code=422, headers={'Content-Type': 'application/json'},
            json={'unprocessableEntity': {
                'message': 'Member i2 is not healthy.', 'code': 422}})
        refusal = self.assertRaises(
            exceptions.ClientException, self.run_command,
            'database cluster backup create', 'nightly', '--cluster', 'c1')
        self.assertIn('Member i2 is not healthy.', str(refusal))

    def test_list(self):
        self.web.get(URL, json={'cluster_backups': [BACKUP]})
        columns, rows = self.run_command('database cluster backup list')
        self.assertEqual(
            [{'id': 'b1', 'cluster_id': 'c1', 'name': 'nightly',
              'status': 'NEW', 'size': 3}],
            [dict(zip(columns, row)) for row in rows])

    def test_show_by_name(self):
        self.web.get(URL + '/nightly', status_code=404, json={
            'itemNotFound': {'message': 'no', 'code': 404}})
        self.web.get(URL, json={'cluster_backups': [BACKUP]})
        self.web.get(URL + '/b1', json={'cluster_backup': BACKUP})
        columns, values = self.run_command(
            'database cluster backup show', 'nightly')
        self.assertEqual('b1', dict(zip(columns, values))['id'])

    def test_members_whose_backups_are_gone(self):
        self.web.get(URL + '/b1', json={'cluster_backup': dict(
            BACKUP, status='FAILED', missing=1)})
        columns, values = self.run_command(
            'database cluster backup show', 'b1')
        self.assertEqual('i1: NEW, i2: BUILDING, 1 missing',
                         dict(zip(columns, values))['members'])

    def test_delete_all_or_none(self):
        gone = self.web.delete(URL + '/b1', status_code=202)
        self.web.get(URL + '/b1', json={'cluster_backup': BACKUP})
        self.web.get(URL + '/b2', status_code=404, json={
            'itemNotFound': {'message': 'no', 'code': 404}})
        self.web.get(URL, json={'cluster_backups': [BACKUP]})
        self.assertRaises(osc_exceptions.CommandError, self.run_command,
                          'database cluster backup delete', 'b1', 'b2')
        self.assertFalse(gone.called)
        self.run_command('database cluster backup delete', 'b1')
        self.assertTrue(gone.called)
