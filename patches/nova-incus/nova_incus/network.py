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

"""Ports of Neutron as pairs of virtual Ethernet interfaces.

One end, tap…, is a port of the integration bridge for as long as the server
lives. The other, gst…, is in the guest while that runs, else beside the tap.
"""

import os

from nova import exception
from nova.network import model
from oslo_log import log as logging

LOG = logging.getLogger(__name__)

OVS = ('ovs-vsctl', '--timeout=30')


def link_of(tap):
    """Name of the guest's end."""
    return 'gst' + tap.removeprefix('tap')


def refuse_unsupported(vif):
    if vif['type'] != model.VIF_TYPE_OVS:
        raise exception.VirtualInterfacePlugException(
            'Port %s has the type %s; nova-incus plugs ports of Open vSwitch '
            'only. Does its agent run on this host?' % (
                vif['id'], vif['type']))


def link_commands(vif, userspace):
    """Commands that make the pair.

    Without `tx off` a userspace datapath forwards segments with half a
    checksum, and TCP hangs while ping works.
    """
    tap, mtu = vif['devname'], vif['network'].get_meta('mtu')
    size = ['mtu', str(mtu)] if mtu else []
    commands = [['ip', 'link', 'add', tap, *size, 'type', 'veth', 'peer',
                 'name', link_of(tap), *size, 'address', vif['address']]]
    if userspace:
        commands.append(['ethtool', '-K', link_of(tap), 'tx', 'off'])
    return [*commands, ['ip', 'link', 'set', tap, 'up']]


def port_command(vif, uuid):
    """Command that makes the tap a port of the bridge, or keeps it one."""
    tap = vif['devname']
    return [*OVS, '--may-exist', 'add-port', vif['network']['bridge'], tap,
            '--', 'set', 'Interface', tap,
            'external_ids:iface-id=' + (vif.get('ovs_interfaceid') or
                                        vif['id']),
            'external_ids:attached-mac=' + vif['address'],
            'external_ids:iface-status=active',
            'external_ids:vm-uuid=' + uuid]


def has_link(name):
    return os.path.exists('/sys/class/net/' + name)


class Plugger:

    def __init__(self, run, exists=None):
        """`run` executes a command as root, `exists` looks for a link."""
        self.run = run
        self.exists = exists or has_link

    def plug(self, uuid, vif, running):
        """Plug a port, or heal what is left of it.

        Of a server that is not running both ends must be here: after a
        reboot of the machine, or the death of a guest, none or one is.
        """
        refuse_unsupported(vif)
        tap = vif['devname']
        if not self.exists(tap) or not (
                running or self.exists(link_of(tap))):
            # Open vSwitch may have a port of that name, with a dead link.
            self.unplug(tap)
            for command in link_commands(vif, self.is_userspace(vif)):
                self.run(*command)
        self.run(*port_command(vif, uuid))

    def is_userspace(self, vif):
        datapath = self.run(*OVS, 'get', 'Bridge', vif['network']['bridge'],
                            'datapath_type')
        return datapath.strip().strip('"') == 'netdev'

    def unplug(self, tap):
        """Take the port off its bridge and remove the pair; repeatable."""
        self.run(*OVS, '--if-exists', 'del-port', tap)
        self.delete_link(tap)

    def delete_link(self, tap):
        if self.exists(tap):
            self.run('ip', 'link', 'delete', tap)
