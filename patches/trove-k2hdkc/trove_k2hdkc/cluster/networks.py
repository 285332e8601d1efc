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

"""Networks of members."""

from trove.instance import service


def settle(context, instances):
    """Check the networks that a user names, as Trove does for an instance.

    Each of them has its network_id afterwards. Of clusters Trove takes
    net-id, by which its clients name a network, and subnet_id for nothing.
    """
    controller = service.InstanceController()
    for instance in instances:
        for nic in instance.get('nics') or []:
            controller._check_nic(context, nic)
