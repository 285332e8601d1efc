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

from trove_dashboard_k2hdkc import panels

# Horizon passes over a file that names none of dashboard, panel and feature.
FEATURE = ['k2hdkc']

if panels.clusters_are_switched_off():
    # The panel of trove-dashboard, as its own file has it.
    PANEL = 'database_clusters'
    PANEL_DASHBOARD = 'project'
    PANEL_GROUP = 'database'
    ADD_PANEL = 'trove_dashboard.content.database_clusters.panel.Clusters'

ADD_INSTALLED_APPS = ['trove_dashboard_k2hdkc']

EXTRA_TABS = {
    'trove_dashboard.content.databases.tabs.InstanceDetailTabs': (
        'trove_dashboard_k2hdkc.tabs.InstanceRingTab',
    ),
    'trove_dashboard.content.database_clusters.tabs.ClusterDetailTabs': (
        'trove_dashboard_k2hdkc.tabs.ClusterRingTab',
    ),
    'trove_dashboard.content.database_configurations.tabs.'
    'ConfigurationDetailTabs': (
        'trove_dashboard_k2hdkc.tabs.ParametersTab',
    ),
}
