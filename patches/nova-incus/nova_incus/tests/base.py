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

"""A driver with stand-ins for Incus, the commands and the metadata."""

import glob
import os
import tempfile
from unittest import mock

import testtools

import nova.conf
from nova import context
from nova.network import model
from nova import objects
from nova.tests.unit import fake_instance
from oslo_utils import uuidutils

from nova_incus import driver
from nova_incus.tests import fake_incus

CONF = nova.conf.CONF
CONF([], project='nova', default_config_files=[])
objects.register_all()


def make_vif(number=1, **changes):
    port = '%d1234567-89ab-cdef-0123-456789abcdef' % number
    return model.VIF(**{
        'id': port, 'devname': 'tap' + port[:11], 'type': 'ovs',
        'address': 'fa:16:3e:00:00:0%d' % number, 'active': False,
        'network': model.Network(id='net', bridge='br-int', subnets=[],
                                 meta={'mtu': 1442}), **changes})


class Machine:
    """A stand-in for the machine: executes commands on sets of names.

    It is what the driver runs as root would change: links and their peers,
    ports of the bridge, loop devices.
    """

    def __init__(self, links):
        self.links = links
        self.peers = {}
        self.ports = set()
        self.loops = {}
        self.commands = []

    def run(self, *argv):
        self.commands.append(' '.join(argv))
        match argv:
            case ('ip', 'link', 'add', tap, *rest):
                peer = rest[rest.index('name') + 1]
                self.peers[tap] = peer
                self.links.update({tap, peer})
            case ('ip', 'link', 'delete', tap):
                self.links.difference_update({tap, self.peers.pop(tap)})
            case ('ovs-vsctl', _, 'get', 'Bridge', _, 'datapath_type'):
                return 'netdev\n'
            case ('ovs-vsctl', _, '--may-exist', 'add-port', _, tap, *_):
                self.ports.add(tap)
            case ('ovs-vsctl', _, '--if-exists', 'del-port', tap):
                self.ports.discard(tap)
            case ('losetup', '--find', *_, source):
                device = '/dev/loop%d' % len(self.loops)
                return self.loops.setdefault(source, device) + '\n'
            case ('losetup', '--noheadings', *_, source):
                return self.loops.get(source, '') + '\n'
            case ('losetup', '--detach', device):
                self.loops = {source: other for source, other
                              in self.loops.items() if other != device}
        return ''


class DriverTestCase(testtools.TestCase):

    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.instances_path = os.path.join(directory.name, 'instances')
        self.incus = fake_incus.FakeIncus(os.path.join(directory.name, 's'))
        self.addCleanup(self.incus.stop)
        self.state = self.incus.state
        self.machine = Machine(self.state.links)
        self.configure('socket', self.incus.path, 'incus')
        self.configure('operation_timeout', 5, 'incus')
        self.configure('instances_path', self.instances_path)
        self.configure('host', 'node1')
        self.configure('my_ip', '192.0.2.1')
        self.context = context.get_admin_context()
        self.replace('nova_incus.network.has_link',
                     lambda name: name in self.machine.links)
        # What this machine's own disks are of is no matter.
        self.replace('nova_incus.machine.text_of', lambda path: '')
        self.replace('nova_incus.containers.PAUSE', 0)
        self.replace('nova_incus.metadata.config_drive_files',
                     lambda *args: [('openstack/latest/user_data', b'#!\n')])
        self.glance = mock.Mock()
        self.glance.download.side_effect = lambda context, image_id: iter(
            [b'root of ', image_id.encode()])
        self.driver = self.make_driver()

    def make_driver(self):
        made = driver.IncusDriver(mock.MagicMock(), run=self.machine.run)
        made.images.glance = self.glance
        return made

    def configure(self, name, value, group=None):
        CONF.set_override(name, value, group)
        self.addCleanup(CONF.clear_override, name, group)

    def replace(self, target, value):
        patch = mock.patch(target, value)
        patch.start()
        self.addCleanup(patch.stop)

    def make_instance(self, **changes):
        flavor = objects.Flavor(memory_mb=512, vcpus=2, root_gb=3,
                                ephemeral_gb=0, swap=0)
        return fake_instance.fake_instance_obj(self.context, **{
            'uuid': uuidutils.generate_uuid(), 'image_ref': 'image-1',
            'hostname': 'guest', 'flavor': flavor, 'task_state': None,
            **changes})

    def spawn(self, instance=None, vifs=None, volumes=None, **changes):
        instance = instance or self.make_instance()
        self.driver.spawn(
            self.context, instance, None, [], None, None,
            network_info=model.NetworkInfo(
                [make_vif()] if vifs is None else vifs),
            block_device_info={'block_device_mapping': [
                {'mount_device': place, 'connection_info': connection(source)}
                for place, source in (volumes or {}).items()]}, **changes)
        return instance

    def container(self, instance):
        return self.state.instances['instance-' + instance.uuid]

    def assert_nothing_left(self):
        self.assertEqual({}, self.state.instances)
        self.assertEqual(set(), self.machine.links)
        self.assertEqual(set(), self.machine.ports)
        self.assertEqual({}, self.machine.loops)
        self.assertEqual([], glob.glob(self.instances_path + '/*'))


def connection(source):
    return {'driver_volume_type': 'local', 'data': {'device_path': source}}
