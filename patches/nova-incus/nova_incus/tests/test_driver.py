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

import os

import eventlet

from nova.compute import power_state
from nova.compute import provider_tree
from nova import exception
from oslo_utils.fixture import uuidsentinel

from nova_incus import errors
from nova_incus.tests import base


class SpawnTest(base.DriverTestCase):

    def test_a_server_runs_with_port_volume_and_metadata(self):
        instance = self.spawn(volumes={'/dev/vdb': '/volumes/v1'})
        container = self.container(instance)
        self.assertEqual('Running', container['status'])
        self.assertEqual('gst11234567-89',
                         container['devices']['eth0']['parent'])
        self.assertEqual({'type': 'unix-block', 'source': '/dev/loop0',
                          'path': '/dev/vdb'},
                         container['devices']['volume-vdb'])
        drive = container['devices']['config-drive']['source']
        with open(os.path.join(drive, 'openstack/latest/user_data')) as file:
            self.assertEqual('#!\n', file.read())
        self.assertEqual({'tap11234567-89'}, self.machine.ports)

    def test_nova_sees_it(self):
        instance = self.spawn()
        self.assertEqual([instance.name], self.driver.list_instances())
        self.assertEqual([instance.uuid], self.driver.list_instance_uuids())
        self.assertTrue(self.driver.instance_exists(instance))
        self.assertEqual(power_state.RUNNING,
                         self.driver.get_info(instance).state)

    def test_the_console_is_whole_however_often_it_is_read(self):
        instance = self.spawn()

        def console():
            return self.driver.get_console_output(self.context, instance)

        self.assertEqual([b'started\n'] * 2, [console(), console()])
        self.driver.reboot(self.context, instance, [], 'HARD')
        self.assertEqual([b'started\nstarted\n'] * 2,
                         [console(), console()])
        self.driver.power_off(instance)
        self.assertEqual(b'started\nstarted\n', console())

    def test_containers_of_others_are_not_seen(self):
        self.state.instances['other'] = {'name': 'other', 'config': {}}
        self.assertEqual([], self.driver.list_instances())

    def test_without_power(self):
        instance = self.spawn(power_on=False)
        self.assertEqual(power_state.SHUTDOWN,
                         self.driver.get_info(instance).state)

    def test_a_failed_spawn_leaves_nothing_and_says_why(self):
        for action in ('create', 'start'):
            self.state.failures[action] = ['No space left on device']
            error = self.assertRaises(errors.IncusError, self.spawn,
                                      volumes={'/dev/vdb': '/v'})
            self.assertIn('No space left', str(error))
            self.assert_nothing_left()

    def test_what_is_refused_leaves_nothing(self):
        self.assertRaises(exception.VirtualInterfacePlugException,
                          self.spawn, vifs=[base.make_vif(type='bridge')])
        self.assertRaises(exception.BuildAbortException, self.spawn,
                          self.make_instance(image_ref=''))
        self.assertEqual([], self.machine.commands)

    def test_it_waits_for_ports_that_are_not_active(self):
        waiting = self.driver.virtapi.wait_for_instance_event
        self.spawn(vifs=[base.make_vif(1), base.make_vif(2, active=True)])
        self.assertEqual([('network-vif-plugged', base.make_vif(1)['id'])],
                         waiting.call_args[0][1])

    def test_ports_that_are_never_wired(self):
        self.driver.virtapi.wait_for_instance_event.side_effect = (
            eventlet.timeout.Timeout(exception=None))
        self.assertRaises(exception.VirtualInterfaceCreateException,
                          self.spawn)
        self.assert_nothing_left()

    def test_many_at_once(self):
        instances = [self.make_instance() for _ in range(4)]
        threads = [eventlet.spawn(self.spawn, instance,
                                  [base.make_vif(number)])
                   for number, instance in enumerate(instances)]
        for thread in threads:
            thread.wait()
        self.assertEqual(4, len(self.driver.list_instances()))
        self.assertEqual(1, self.glance.download.call_count)


class HostTest(base.DriverTestCase):

    def test_a_pool_on_an_overlay_is_refused(self):
        self.replace('nova_incus.machine.text_of', lambda path: (
            '1 0 0:1 / / rw - overlay overlay rw\n'))
        error = self.assertRaises(exception.InvalidConfiguration,
                                  self.driver.init_host, 'node1')
        self.assertIn('lies on an overlay', str(error))

    def test_inventory(self):
        tree = provider_tree.ProviderTree()
        tree.new_root('node1', uuidsentinel.node)
        self.spawn()
        self.driver.update_provider_tree(tree, 'node1')
        found = tree.data('node1').inventory
        self.assertEqual({'VCPU', 'MEMORY_MB', 'DISK_GB'}, set(found))
        self.assertEqual(os.cpu_count(), found['VCPU']['total'])
        self.assertEqual(40, found['DISK_GB']['total'])
        self.assertEqual(['node1'], self.driver.get_available_nodes())

    def test_incus_is_away(self):
        self.configure('socket', self.incus.path + '.absent', 'incus')
        error = self.assertRaises(errors.IncusUnreachable,
                                  self.make_driver().init_host, 'node1')
        self.assertIn('no answer from Incus', str(error))
