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

"""Instances whose configuration group was emptied.

Trove has each guest apply a group without values at once. A guest refuses,
because only a restart brings it into effect, and there Trove stops: those
that have the group too would not be told, nor shown to need a restart.
"""

from oslo_log import log as logging

from trove.common import context as trove_context
from trove.common import exception
from trove.configuration import models as config_models
from trove.datastore import models as datastore_models
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks

from trove_k2hdkc.cluster import health
from trove_k2hdkc.control import restarts
from trove_k2hdkc import MANAGER

LOG = logging.getLogger(__name__)
TASKS = instance_tasks.InstanceTasks


class Emptied(object):

    def __init__(self):
        # When the row of an instance was written that is told, by its id.
        self._told = {}

    def tell(self, guest_of):
        """Tell every instance that has such a group, once.

        :param guest_of: function of context and id that returns the
            GuestAgentAPI of an instance
        """
        told = {}
        for row in _at_rest():
            if self._told.get(row.id) == row.updated or _tell(row, guest_of):
                told[row.id] = row.updated
        self._told = told


def _at_rest():
    """Return the rows of those that live and have nothing to do."""
    return [row for version in datastore_models.DBDatastoreVersion.find_all(
                manager=MANAGER).all()
            for row in instance_models.DBInstance.find_all(
                datastore_version_id=version.id, deleted=False).all()
            if row.configuration_id and
            row.get_task_status() == TASKS.NONE and
            _is_empty(row.configuration_id) and health.is_alive(row.id)]


def _is_empty(group_id):
    return not config_models.DBConfigurationParameter.find_all(
        configuration_id=group_id, deleted=False).count()


def _tell(row, guest_of):
    """Return whether the guest knows now."""
    guest = guest_of(trove_context.TroveContext(
        is_admin=True, project_id=row.tenant_id), row.id)
    try:
        guest.empty_overrides()
    except exception.TroveError as error:
        LOG.warning('Instance %s could not be told that its configuration '
                    'group has no values any more: %s', row.id, error)
        return False
    restarts.require_as_told(row.id, guest)
    return True
