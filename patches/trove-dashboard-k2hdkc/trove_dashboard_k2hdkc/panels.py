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

"""What the file in Horizon's directory `enabled` asks.

Horizon reads that file before Django is set up: nothing of Horizon and nothing
that needs settings may be imported here.
"""

import importlib

CLUSTERS = 'trove_dashboard.enabled._1740_project_database_clusters_panel'


def clusters_are_switched_off():
    """Whether trove-dashboard leaves out its panel Clusters.

    Most releases do. Adding it to one that does not would list it twice.
    """
    try:
        upstream = importlib.import_module(CLUSTERS)
    except ImportError:
        return True
    return getattr(upstream, 'DISABLED', False)
