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

"""How clusters are shown."""

from trove.cluster import views as cluster_views
from trove.extensions.mgmt.clusters import views as mgmt_cluster_views

MEMBER = 'member'


def _plain(addresses):
    """Addresses alone, as Trove's reference of the API has them.

    Trove gives a dictionary for each, which its command can read and its
    dashboard cannot.
    """
    return [each['address'] if isinstance(each, dict) else each
            for each in addresses]


class _Members:
    """Every member of a cluster is shown, and so are its addresses."""

    def build_instances(self):
        members, addresses = self._build_instances([MEMBER], [MEMBER])
        for member in members:
            if 'ip' in member:
                member['ip'] = _plain(member['ip'])
        return members, _plain(addresses)


class ClusterView(_Members, cluster_views.ClusterView):
    pass


class MgmtClusterView(_Members, mgmt_cluster_views.MgmtClusterView):
    pass
