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

from importlib import metadata
import json

from osc_lib import exceptions as osc_exceptions
from trove.tests.unittests import trove_testtools
from troveclient import exceptions

from trove_k2hdkc.tests import client_case

CLUSTER = {'id': 'c1', 'name': 'shop'}


class NameTest(trove_testtools.TestCase):

    def test_the_client_of_trove_has_none_of_them(self):
        def names(distribution):
            return {point.name for point in metadata.distribution(
                distribution).entry_points
                if point.group == 'openstack.database.v1'}
        theirs = names('python-troveclient')
        self.assertIn('database_cluster_upgrade', theirs)
        self.assertEqual(set(), names('trove-k2hdkc') & theirs)


class ClusterCommandTest(client_case.ClientCase):

    def setUp(self):
        super(ClusterCommandTest, self).setUp()
        self.serve('clusters', **CLUSTER)
        self.serve('configurations', id='g1', name='tuned')
        self.sent = self.web.post(client_case.API + '/clusters/c1',
                                  status_code=202, json={'cluster': CLUSTER})

    def _assert_sent(self, body, words, *args):
        self.assertIsNone(self.run_command(words, *args))
        self.assertEqual(body, json.loads(self.sent.last_request.text))

    def test_attach_by_names_and_by_ids(self):
        for args in ('shop', 'tuned'), ('c1', 'g1'):
            self._assert_sent(
                {'configuration_attach': {'configuration_id': 'g1'}},
                'database cluster configuration attach', *args)

    def test_detach(self):
        self._assert_sent({'configuration_detach': {}},
                          'database cluster configuration detach', 'shop')

    def test_restart(self):
        self._assert_sent({'restart': {}}, 'database cluster restart', 'shop')

    def test_a_group_that_there_is_not(self):
        self.web.get(client_case.API + '/configurations/other',
                     status_code=404, json={
                         'itemNotFound': {'message': 'no', 'code': 404}})
        self.assertRaises(
            osc_exceptions.CommandError, self.run_command,
            'database cluster configuration attach', 'shop', 'other')
        self.assertFalse(self.sent.called)

    def test_what_the_api_refuses_is_told_in_its_words(self):
        self.web.post(
            client_case.API + '/clusters/c1', status_code=422,
            headers={'Content-Type': 'application/json'}, json={
                'unprocessableEntity': {
                    'message': 'Detach it before another is attached.',
                    'code': 422}})
        refusal = self.assertRaises(
            exceptions.ClientException, self.run_command,
            'database cluster configuration attach', 'shop', 'tuned')
        self.assertIn('Detach it before', str(refusal))
