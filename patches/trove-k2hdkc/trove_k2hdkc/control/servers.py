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

"""Servers that an abandoned resize has left half way in Nova.

After a resize or a migration Nova waits for somebody who confirms it. Until
then Trove refuses everything but the deletion of the instance, whatever its
own task is.
"""

from novaclient import exceptions
from oslo_log import log as logging

from trove.common import clients
from trove.common import context as trove_context
from trove.instance import tasks as instance_tasks

LOG = logging.getLogger(__name__)
TASKS = instance_tasks.InstanceTasks

UNDER_WAY = ('RESIZE', 'MIGRATING', 'REVERT_RESIZE')


def is_at_rest(row):
    """Tell whether Nova is done with the server of an abandoned task.

    One that waits to be confirmed is taken back: its node was not started
    there. Trove's row gets the flavor that the server has.

    :param row: of the instance
    """
    if row.get_task_status() not in (TASKS.RESIZING, TASKS.MIGRATING):
        return True
    context = trove_context.TroveContext(is_admin=True,
                                         project_id=row.tenant_id)
    try:
        server = clients.create_nova_client(
            context, region_name=row.region_id).servers.get(
                row.compute_instance_id)
        if server.status == 'VERIFY_RESIZE':
            LOG.error('Nobody confirms the resize of server %s any more: it '
                      'is taken back.', server.id)
            server.revert_resize()
            return False
    except exceptions.NotFound:
        return True
    except Exception as error:
        LOG.error('Nova does not tell about the server of instance %s: %s',
                  row.id, error)
        return False
    row.flavor_id = server.flavor['id']
    return server.status not in UNDER_WAY
