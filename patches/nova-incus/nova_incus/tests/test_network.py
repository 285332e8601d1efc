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

import testtools

from nova import exception

from nova_incus import network
from nova_incus.tests import base

TAP, GST = 'tap11234567-89', 'gst11234567-89'


class PlanTest(testtools.TestCase):

    def test_names_are_short_enough_for_the_kernel(self):
        self.assertEqual(GST, network.link_of(TAP))
        self.assertTrue(len(GST) <= 15)

    def test_the_pair_has_mac_and_mtu_of_the_port(self):
        self.assertEqual([
            'ip link add %s mtu 1442 type veth peer name %s mtu 1442 '
            'address fa:16:3e:00:00:01' % (TAP, GST),
            'ip link set %s up' % TAP,
        ], [' '.join(command) for command in network.link_commands(
            base.make_vif(), False)])

    def test_offload_is_off_for_a_userspace_datapath(self):
        self.assertIn(['ethtool', '-K', GST, 'tx', 'off'],
                      network.link_commands(base.make_vif(), True))

    def test_neutron_finds_its_port_by_external_ids(self):
        command = network.port_command(base.make_vif(ovs_interfaceid='p'),
                                       'u')
        self.assertEqual(['--may-exist', 'add-port', 'br-int', TAP],
                         command[2:6])
        self.assertEqual({'external_ids:iface-id=p',
                          'external_ids:attached-mac=fa:16:3e:00:00:01',
                          'external_ids:iface-status=active',
                          'external_ids:vm-uuid=u'}, set(command[-4:]))

    def test_a_port_of_another_kind_is_refused(self):
        error = self.assertRaises(
            exception.VirtualInterfacePlugException,
            network.refuse_unsupported,
            base.make_vif(type='binding_failed'))
        self.assertIn('has the type binding_failed', str(error))


class PluggerTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        self.machine = base.Machine(set())
        self.plugger = network.Plugger(
            self.machine.run, lambda name: name in self.machine.links)

    def made(self):
        return len([command for command in self.machine.commands
                    if 'link add' in command])

    def test_plugging_twice_makes_one_pair(self):
        for _ in range(2):
            self.plugger.plug('u', base.make_vif(), False)
        self.assertEqual(1, self.made())
        self.assertEqual({TAP, GST}, self.machine.links)

    def test_the_end_in_a_running_guest_is_not_missed(self):
        self.plugger.plug('u', base.make_vif(), False)
        self.machine.links.discard(GST)
        self.plugger.plug('u', base.make_vif(), True)
        self.assertEqual(1, self.made())

    def test_an_end_that_died_with_its_guest_is_made_again(self):
        self.plugger.plug('u', base.make_vif(), False)
        self.machine.links.discard(GST)
        self.plugger.plug('u', base.make_vif(), False)
        self.assertEqual(2, self.made())
        again = [command.split(' ', 2)[2].split(' tap')[0]
                 for command in self.machine.commands if 'port' in command]
        self.assertEqual(['--if-exists del-port', '--may-exist add-port '
                          'br-int'] * 2, again)
        self.assertEqual({TAP, GST}, self.machine.links)

    def test_unplugging_can_be_repeated(self):
        self.plugger.plug('u', base.make_vif(), False)
        for _ in range(2):
            self.plugger.unplug(TAP)
        self.assertEqual((set(), set()),
                         (self.machine.links, self.machine.ports))
