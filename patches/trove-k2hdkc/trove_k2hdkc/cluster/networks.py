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

from neutronclient.common import exceptions as neutron_exceptions

from trove.common import cfg
from trove.common import clients
from trove.common import exception
from trove.common import neutron
from trove.instance import service

CONF = cfg.CONF


def settle(context, instances, members=()):
    """Check the networks that a user names, as Trove does for an instance.

    Each of them has its network_id afterwards. Of clusters Trove takes
    net-id, by which its clients name a network, and subnet_id for nothing.
    Who names none for members of a cluster that is there gets its networks.

    :param members: rows of the members that are there
    :raises ClusterNetworksNotEqual: nodes there would not be reached
    """
    there = _networks_of(context, members)
    controller = service.InstanceController()
    for instance in instances:
        nics = instance.get('nics') or []
        for nic in nics:
            try:
                controller._check_nic(context, nic)
            except neutron_exceptions.NotFound as error:
                raise exception.BadRequest(
                    'A network or subnet of a member is not there: %s'
                    % error)
        if not nics and there:
            instance['nics'] = [{'network_id': network}
                                for network in sorted(there)]
        elif there and {nic['network_id'] for nic in nics} != there:
            raise exception.ClusterNetworksNotEqual()


def _networks_of(context, members):
    """Return the ids of the networks that members have, without Trove's."""
    for member in members:
        if member.compute_instance_id:
            ports = neutron.get_instance_ports(
                clients.create_neutron_client(context, member.region_id),
                member.compute_instance_id)
            found = {port['network_id'] for port in ports}.difference(
                CONF.management_networks)
            if found:
                return found
    return set()
