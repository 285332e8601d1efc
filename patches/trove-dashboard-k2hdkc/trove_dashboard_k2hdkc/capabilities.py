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

"""What trove-dashboard believes a datastore can do.

db_capability has two closed tuples of names, and functions that look into
them each time. There is no setting and no hook for a further name, and the
API of Trove does not tell; so the tuples get ours. The functions stay.
"""

from trove_dashboard.content.databases import db_capability

from trove_dashboard_k2hdkc import datastores

LISTS = ('_cluster_capable_datastores',
         '_cluster_grow_shrink_capable_datastores')


def extend():
    """Say that K2HDKC has clusters that grow and shrink."""
    for attribute in LISTS:
        known = getattr(db_capability, attribute)
        ours = tuple(name for name in datastores.names() if name not in known)
        setattr(db_capability, attribute, known + ours)
