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

import subprocess
import sys
from unittest import mock

from django.conf import settings
from django import test
import horizon

from trove_dashboard.content.databases import db_capability

from trove_dashboard_k2hdkc import capabilities
from trove_dashboard_k2hdkc import datastores
from trove_dashboard_k2hdkc import panels


class PluginTests(test.SimpleTestCase):

    def test_clusters_are_in_the_menu_once(self):
        project = horizon.get_dashboard('project')
        project.get_panels()
        group = project.get_panel_group('database')
        self.assertEqual(1, list(group.panels).count('database_clusters'))

    def test_enabled_files_need_no_settings(self):
        # Horizon reads them while it makes the settings.
        done = subprocess.run(
            [sys.executable, '-c', 'import trove_dashboard_k2hdkc.enabled.'
             '_1741_project_database_k2hdkc as enabled;'
             'import trove_dashboard_k2hdkc.enabled.'
             '_1790_project_database_k2hr3;'
             'print(enabled.ADD_INSTALLED_APPS)'],
            env={'PYTHONPATH': ':'.join(sys.path)}, stdout=subprocess.PIPE,
            text=True, check=True)
        self.assertEqual("['trove_dashboard_k2hdkc']\n", done.stdout)

    def test_panel_is_off_where_its_file_is_missing(self):
        with mock.patch.object(panels, 'CLUSTERS', 'trove_dashboard.none'):
            self.assertTrue(panels.clusters_are_switched_off())

    def test_every_extra_tab_has_a_group(self):
        ours = [group for group, tabs in
                settings.HORIZON_CONFIG['extra_tabs'].items()
                if any('trove_dashboard_k2hdkc' in tab for tab in tabs)]
        self.assertEqual(3, len(ours))


class CapabilityTests(test.SimpleTestCase):

    def test_k2hdkc_has_clusters_that_grow_and_shrink(self):
        self.assertTrue(db_capability.is_cluster_capable_datastore('k2hdkc'))
        self.assertTrue(db_capability.can_modify_cluster('K2HDKC'))

    def test_others_stay_what_they_are(self):
        self.assertFalse(db_capability.is_cluster_capable_datastore('mysql'))
        self.assertTrue(db_capability.is_cluster_capable_datastore('redis'))
        self.assertFalse(db_capability.can_modify_cluster('vertica'))
        self.assertFalse(db_capability.is_mysql_compatible('k2hdkc'))

    def test_extending_again_changes_nothing(self):
        before = db_capability._cluster_capable_datastores
        capabilities.extend()
        self.assertEqual(before, db_capability._cluster_capable_datastores)

    @test.override_settings(K2HDKC_DATASTORES=['Cache'])
    def test_other_name(self):
        self.assertTrue(datastores.is_k2hdkc('cache'))
        self.assertFalse(datastores.is_k2hdkc('k2hdkc'))
        self.assertFalse(datastores.is_k2hdkc(None))
