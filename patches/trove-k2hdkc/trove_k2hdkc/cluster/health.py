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

"""What is known of a member's guest."""

from trove.common import exception
from trove.instance import models as instance_models
from trove.instance import service_status

STATUSES = service_status.ServiceStatuses

FAILED = (STATUSES.FAILED, STATUSES.FAILED_TIMEOUT_GUESTAGENT)
# UNKNOWN is what reset-status leaves. Until the agent reports again, or has
# been silent for too long, nobody may take the member for a dead one: that
# would be removed without the ring taking over its data.
ALIVE = (STATUSES.HEALTHY, STATUSES.RUNNING, STATUSES.UNKNOWN)


def service(member_id):
    return instance_models.InstanceServiceStatus.find_by(
        instance_id=member_id)


def is_alive(member_id):
    found = service(member_id)
    return found.is_uptodate() and found.get_status() in ALIVE


def is_in_ring(member_id):
    """Tell whether a member lives, or is ready to.

    One that is never told that its cluster stands reports nothing more, and
    serves in the ring all the same.
    """
    return (is_alive(member_id) or
            service(member_id).get_status() == STATUSES.INSTANCE_READY)


def assert_alive(cluster, members):
    """Refuse what every member must be told.

    :param cluster: its id
    :param members: rows
    :raises UnprocessableEntity: 422
    """
    silent = [member.name for member in members if not is_in_ring(member.id)]
    if silent:
        raise exception.UnprocessableEntity(
            'Every member of cluster %s must be told, and these do not '
            'answer: %s. Start or remove them, and try again.'
            % (cluster, ', '.join(silent)))
