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

"""Server groups, by which Nova keeps members together or apart.

Trove makes that of a cluster before the cluster is checked, by its name,
and looks for it by the ids of its members: nobody would ever find it again.
Here it has the id of the cluster in its name.
"""

import contextlib

from oslo_log import log as logging
from oslo_utils import excutils

from trove.common import clients
from trove.common import server_group

LOG = logging.getLogger(__name__)


@contextlib.contextmanager
def of_cluster(context, locality, cluster_id):
    """Yield the hint of a group that load() finds, None without locality.

    What fails within leaves no group.

    :param locality: hint of the group that Trove has made, or None
    """
    if not locality:
        yield locality
        return
    kept = locality['group']
    try:
        kept = _renamed(context, kept, cluster_id)
        yield {'group': kept}
    except Exception:
        with excutils.save_and_reraise_exception():
            _remove(context, kept)


def load(context, cluster_id):
    """Return the server group of a cluster, or None."""
    return server_group.ServerGroup.load(context, cluster_id)


def _renamed(context, group_id, cluster_id):
    client = clients.create_nova_client(context)
    policy = server_group.ServerGroup.get_locality(
        client.server_groups.get(group_id))
    own = server_group.ServerGroup.create(context, policy, cluster_id)
    _remove(context, group_id)
    return own.id


def _remove(context, group_id):
    try:
        clients.create_nova_client(context).server_groups.delete(group_id)
    except Exception as error:
        LOG.warning('The server group %s stays: %s', group_id, error)
