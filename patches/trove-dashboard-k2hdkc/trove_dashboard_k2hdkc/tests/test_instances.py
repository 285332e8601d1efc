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

from django.urls import reverse

from trove_dashboard_k2hdkc import hiding
from trove_dashboard_k2hdkc.tests import base

DETAIL = reverse('horizon:project:databases:detail', args=['d8b1'])

MYSQL = {'type': 'mysql', 'version': '8.4'}


class InstanceTests(base.TestCase):

    def _page(self, tab='overview', **changes):
        self.answer(instance_get=base.instance(**changes),
                    flavor_get=base.flavor(),
                    root_show=self.exceptions.trove,
                    configuration_get=base.group())
        return self.client.get(DETAIL + '?tab=instance_details__' + tab)

    def test_no_users_databases_and_root(self):
        page = self._page()
        self.assertContains(page, 'k2hdkc_tab')
        for absent in ('users_tab', 'database_tab', 'Manage Root Access'):
            self.assertNotContains(page, absent)

    def test_other_datastores_keep_them(self):
        page = self._page(datastore=MYSQL)
        self.assertNotContains(page, 'k2hdkc_tab')
        for present in ('users_tab', 'database_tab', 'Manage Root Access'):
            self.assertContains(page, present)

    def test_hiding_again_changes_nothing(self):
        before = [cls.allowed for cls in (*hiding.ACTIONS, *hiding.TABS)]
        hiding.hide()
        self.assertEqual(before, [cls.allowed for cls in
                                  (*hiding.ACTIONS, *hiding.TABS)])

    def test_ring(self):
        page = self._page('k2hdkc_tab', configuration={'id': 'g1'})
        self.assertContains(page, '<dd>market</dd>')
        self.assertContains(page, '<dt>node</dt>\n      <dd>10.0.0.3</dd>')
        self.assertContains(page, '<dt>K2HR3</dt>\n      <dd><a href="https:'
                            '//k2hr3.example.com:28080/" target="_blank"')

    def test_ring_without_a_configuration_group(self):
        page = self._page('k2hdkc_tab')
        self.assertContains(page, 'Of its own')


class ConfigurationTests(base.TestCase):

    def _page(self, group=base.GROUP, tab='k2hdkc_parameters_tab', **answers):
        self.answer(configuration_get=base.group(group), **{
            'configuration_parameters_list': base.parameters(), **answers})
        return self.client.get(
            reverse('horizon:project:database_configurations:detail',
                    args=[group['id']]) + '?tab=configuration_details__' + tab)

    def test_help(self):
        page = self._page()
        self.assertContains(page, '<td>chmpx-server-port</td>', html=True)
        self.assertContains(page, '<td>Data port of a server node.</td>',
                            html=True)
        self.assertContains(page, '<td>1024 to 32767</td>', html=True)
        self.assertContains(page, '<td>8020</td>', html=True)

    def test_parameter_without_explanation(self):
        page = self._page()
        self.assertContains(page, '<td>1 or more</td>', html=True)
        self.assertContains(page, '<td>No</td>', html=True)

    def test_trove_is_away(self):
        page = self._page(
            configuration_parameters_list=self.exceptions.trove)
        self.assertContains(page, 'Trove knows no parameters')

    def test_only_groups_of_k2hdkc_have_the_tab(self):
        page = self._page(tab='values_tab')
        self.assertContains(page, 'k2hdkc_parameters_tab')
        page = self._page(base.MYSQL_GROUP, 'values_tab')
        self.assertNotContains(page, 'k2hdkc_parameters_tab')
