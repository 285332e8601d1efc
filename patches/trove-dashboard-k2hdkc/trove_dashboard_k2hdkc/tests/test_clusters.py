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

from django.contrib import messages
from django import test
from django.urls import reverse
from openstack_dashboard import api as dash_api
from troveclient import common

from trove_dashboard import api
from trove_dashboard.utils import common as common_utils

from trove_dashboard_k2hdkc.tests import base

INDEX = reverse('horizon:project:database_clusters:index')
LAUNCH = reverse('horizon:project:database_clusters:launch')
DETAIL = reverse('horizon:project:database_clusters:detail', args=['c1'])

CHOICE = common_utils.hexlify('k2hdkc - 1.0.19')


class IndexTests(base.TestCase):

    def test_actions_of_a_cluster(self):
        self.answer(cluster_list=common.Paginated([base.cluster()]),
                    flavor_list=[base.flavor()])
        page = self.client.get(INDEX)
        self.assertContains(page, 'shop')
        self.assertContains(page, 'Grow Cluster')
        self.assertContains(page, 'Shrink Cluster')
        self.assertNotContains(page, 'Reset Root Password')


class LaunchTests(base.TestCase):

    def setUp(self):
        super().setUp()
        self.answer(
            datastore_list=[base.datastore('k2hdkc'), base.datastore('mysql')],
            datastore_version_list=[base.version('1.0.19')],
            datastore_flavors=[base.flavor()],
            configuration_list=[base.group(), base.group(base.MYSQL_GROUP)])
        patcher = mock.patch.object(dash_api.base, 'is_service_enabled',
                                    return_value=False)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _launch(self, error=None, **changes):
        client = mock.Mock()
        client.clusters.create.side_effect = error
        with mock.patch.object(api.trove, 'troveclient',
                               return_value=client):
            answer = self.client.post(LAUNCH, {
                'name': 'shop', 'datastore': CHOICE, CHOICE: '7',
                'volume': 1, 'num_instances': 2, 'num_shards': 1,
                'network': '', 'locality': '', 'configuration': '',
                **changes})
        self.assertRedirectsNoFollow(answer, INDEX)
        shown = messages.get_messages(answer.wsgi_request)
        self.assertEqual(['error' if error else 'success'],
                         [message.level_tag for message in shown])
        return client.clusters.create

    def test_form_offers_k2hdkc_and_its_groups(self):
        page = self.client.get(LAUNCH)
        self.assertContains(page, 'k2hdkc - 1.0.19')
        self.assertNotContains(page, 'mysql - 1.0.19')
        self.assertContains(page, '<option value="g1">tuned (k2hdkc - 1.0.19)'
                            '</option>', html=True)

    def test_configuration_group_reaches_trove(self):
        create = self._launch(configuration='g1')
        member = {'flavorRef': '7', 'volume': {'size': 1}}
        create.assert_called_once_with(
            'shop', 'k2hdkc', '1.0.19', instances=[member, member],
            locality=None, configuration='g1')

    def test_without_a_group(self):
        create = self._launch()
        self.assertIsNone(create.call_args[1].get('configuration'))
        self.assertEqual(2, len(create.call_args[1]['instances']))

    def test_refusal_is_shown(self):
        self._launch(self.exceptions.trove)

    def test_refusal_with_a_group_is_shown(self):
        self._launch(self.exceptions.trove, configuration='g1')

    def test_field_is_there_once(self):
        page = self.client.get(LAUNCH)
        self.assertEqual(1, page.content.decode().count(
            'name="configuration"'))


class DetailTests(base.TestCase):

    def _tab(self, tab='k2hdkc_tab', **changes):
        self.answer(cluster_get=base.cluster(**changes),
                    flavor_get=base.flavor(),
                    configuration_get=base.group())
        return self.client.get(DETAIL + '?tab=cluster_details__' + tab)

    def test_ring_of_a_configuration_group(self):
        page = self._tab(configuration='g1')
        self.assertContains(page, '<dt>Ring</dt>\n    <dd>market</dd>')
        self.assertContains(page, '<dd>9020</dd>')
        self.assertContains(page, '<dd>8021</dd>')
        self.assertContains(page, '10.0.0.11')
        self.assertContains(page, 'Not Assigned')

    def test_ring_without_one_is_that_of_the_cluster(self):
        page = self._tab()
        self.assertContains(page, '<dt>Ring</dt>\n    <dd>shop</dd>')
        self.assertContains(page, '<dd>8020</dd>')
        self.assertContains(page, 'the defaults are in force')

    def test_link_to_k2hr3(self):
        self.assertContains(
            self._tab(), '<a href="https://k2hr3.example.com:28080/"')

    @test.override_settings(K2HDKC_K2HR3_APP_URL=None)
    def test_no_link_without_its_url(self):
        self.assertNotContains(self._tab(), 'K2HR3</dt>')

    def test_only_clusters_of_k2hdkc_have_the_tab(self):
        self.assertContains(self._tab('overview'), 'k2hdkc_tab')
        page = self._tab('overview', datastore={'type': 'redis', 'version': '3.0'})
        self.assertNotContains(page, 'k2hdkc_tab')
