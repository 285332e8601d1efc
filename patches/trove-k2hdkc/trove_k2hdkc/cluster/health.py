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
