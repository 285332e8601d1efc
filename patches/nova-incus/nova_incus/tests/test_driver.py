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
from nova.compute import task_states
from nova import exception
from nova import objects
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


class LifeTest(base.DriverTestCase):

    def stop(self, instance):
        self.driver.power_off(instance, timeout=60)

    def start(self, instance, driver=None):
        (driver or self.driver).power_on(self.context, instance,
                                         [base.make_vif()])

    def destroy(self, instance):
        self.driver.destroy(self.context, instance, [base.make_vif()])

    def test_stop_and_start_can_be_repeated(self):
        instance = self.spawn()
        for act, status in ((self.stop, 'Stopped'), (self.start, 'Running')):
            for _ in range(2):
                act(instance)
                self.assertEqual(status, self.container(instance)['status'])

    def test_a_guest_that_does_not_shut_down_is_stopped(self):
        instance = self.spawn()
        self.state.failures['stop'] = ['Failed shutting down: timeout']
        self.stop(instance)
        self.assertEqual('Stopped', self.container(instance)['status'])

    def test_a_guest_that_has_just_ended_can_be_started(self):
        instance = self.spawn()
        self.stop(instance)
        # What Incus says for a moment then.
        self.driver.containers.find = lambda uuid: {'status': 'Running'}
        self.start(instance)
        self.assertEqual('Running', self.container(instance)['status'])

    def test_reboot(self):
        instance = self.spawn()
        for kind in ('SOFT', 'HARD'):
            self.driver.reboot(self.context, instance, [base.make_vif()],
                               kind)
        self.assertEqual('started\n' * 3, self.container(instance)['console'])

    def test_a_server_that_is_not_there(self):
        instance = self.make_instance()
        self.assertRaises(exception.InstanceNotFound, self.driver.get_info,
                          instance)
        self.assertRaises(exception.InstanceNotFound, self.start, instance)
        self.assertRaises(exception.InstanceNotFound, self.stop, instance)
        self.destroy(instance)

    def test_destroy_leaves_nothing_and_can_be_repeated(self):
        instance = self.spawn(volumes={'/dev/vdb': '/v'})
        for _ in range(2):
            self.destroy(instance)
            self.driver.cleanup(self.context, instance, [base.make_vif()])
            self.assert_nothing_left()

    def test_destroy_finds_ports_that_nova_has_forgotten(self):
        instance = self.spawn(volumes={'/dev/vdb': '/v'})
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_destroy_waits_for_what_incus_still_does(self):
        instance = self.spawn()
        self.state.failures['delete'] = [
            'Instance is busy running a "create" operation'] * 3
        self.destroy(instance)
        self.assert_nothing_left()

    def test_rebuild_is_destroy_and_spawn(self):
        instance = self.spawn()
        self.destroy(instance)
        instance.image_ref = 'image-2'
        self.spawn(instance)
        self.assertEqual('Running', self.container(instance)['status'])
        self.assertEqual(2, len(self.state.images))

    def test_after_a_reboot_of_the_machine(self):
        instance = self.spawn(volumes={'/dev/vdb': '/v'})
        self.container(instance)['status'] = 'Stopped'
        self.machine.links.clear()
        self.machine.loops = {'/other': '/dev/loop0'}
        driver = self.make_driver()
        driver.init_host('node1')
        driver.resume_state_on_host_boot(self.context, instance,
                                         [base.make_vif()], None)
        container = self.container(instance)
        self.assertEqual('Running', container['status'])
        self.assertEqual('/dev/loop1',
                         container['devices']['volume-vdb']['source'])

    def test_nova_plugs_at_its_start_and_disturbs_nobody(self):
        instance = self.spawn()
        self.machine.links.discard('gst11234567-89')
        self.driver.plug_vifs(instance, [base.make_vif()])
        self.assertEqual(1, len([command for command in self.machine.commands
                                 if 'link add' in command]))
        self.driver.unplug_vifs(instance, [base.make_vif()])
        self.assertEqual(set(), self.machine.ports)

    def test_what_a_killed_spawn_left_is_swept(self):
        def killed(*args):
            raise SystemExit

        for victim in ('images.ensure', 'containers.create',
                       'containers.start', 'servers.finish'):
            part, method = victim.split('.')
            driver = self.driver = self.make_driver()
            setattr(getattr(driver, part), method, killed)
            self.assertRaises(SystemExit, self.spawn,
                              volumes={'/dev/vdb': '/v'})
            self.driver = self.make_driver()
            self.driver.init_host('node1')
            self.assert_nothing_left()

    def test_a_finished_server_is_not_swept(self):
        instance = self.spawn()
        self.make_driver().init_host('node1')
        self.assertEqual('Running', self.container(instance)['status'])


class ResizeTest(base.DriverTestCase):

    def resize(self, instance, **changes):
        flavor = objects.Flavor(**{
            'memory_mb': 1024, 'vcpus': 4, 'root_gb': 5, **changes})
        self.driver.migrate_disk_and_power_off(
            self.context, instance, '192.0.2.1', flavor, [], None, 60)
        old, instance.flavor = instance.flavor, flavor
        self.driver.finish_migration(
            self.context, None, instance, '', [base.make_vif()], None, True,
            None)
        return old

    def sizes(self, instance):
        container = self.container(instance)
        return (container['status'], container['config']['limits.memory'],
                container['config']['limits.cpu'],
                container['devices']['root']['size'])

    def test_resize_and_confirm(self):
        instance = self.spawn()
        self.resize(instance)
        self.driver.confirm_migration(self.context, None, instance, [])
        self.assertEqual(('Running', '1024MiB', '4', '5GiB'),
                         self.sizes(instance))

    def test_revert_keeps_the_container(self):
        instance = self.spawn()
        old = self.resize(instance)
        instance.task_state = task_states.RESIZE_REVERTING
        self.driver.destroy(self.context, instance, [base.make_vif()])
        instance.flavor = old
        self.driver.finish_revert_migration(self.context, instance,
                                            [base.make_vif()], None)
        self.assertEqual(('Running', '512MiB', '2', '3GiB'),
                         self.sizes(instance))

    def test_what_cannot_be_is_refused_before_anything_stops(self):
        instance = self.spawn()
        for dest, root_gb in (('192.0.2.9', 5), ('192.0.2.1', 1)):
            error = self.assertRaises(
                exception.InstanceFaultRollback,
                self.driver.migrate_disk_and_power_off, self.context,
                instance, dest, objects.Flavor(root_gb=root_gb), [])
            self.assertIsInstance(error.inner_exception,
                                  exception.ResizeError)
        self.assertEqual('Running', self.container(instance)['status'])


class VolumeTest(base.DriverTestCase):

    def attached(self, instance):
        return {device['path']: device['source'] for device
                in self.container(instance)['devices'].values()
                if device['type'] == 'unix-block'}

    def test_attach_extend_and_detach(self):
        instance = self.spawn(volumes={'/dev/vdb': '/v1'})
        second = base.connection('/v2')
        self.driver.attach_volume(self.context, second, instance, '/dev/vdc')
        self.assertEqual({'/dev/vdb': '/dev/loop0', '/dev/vdc': '/dev/loop1'},
                         self.attached(instance))
        self.driver.extend_volume(self.context, second, instance, 2 << 30)
        self.assertEqual('losetup --set-capacity /dev/loop1',
                         self.machine.commands[-1])
        for _ in range(2):
            self.driver.detach_volume(self.context, second, instance,
                                      '/dev/vdc')
            self.assertEqual({'/dev/vdb': '/dev/loop0'},
                             self.attached(instance))
            self.assertEqual({'/v1'}, set(self.machine.loops))

    def test_detach_from_a_server_that_is_gone(self):
        instance = self.spawn(volumes={'/dev/vdb': '/v'})
        self.state.instances.clear()
        self.driver.detach_volume(self.context, base.connection('/v'),
                                  instance, '/dev/vdb')
        self.assertEqual({}, self.machine.loops)

    def test_a_write_of_somebody_else_is_not_lost(self):
        instance = self.spawn()
        real, seen = self.driver.client.get_with_etag, []

        def meddle(path):
            answer = real(path)
            if not seen:
                seen.append(path)
                self.container(instance)['config']['user.other'] = 'kept'
            return answer

        self.driver.client.get_with_etag = meddle
        self.driver.attach_volume(self.context, base.connection('/v'),
                                  instance, '/dev/vdb')
        self.assertEqual({'/dev/vdb': '/dev/loop0'}, self.attached(instance))
        self.assertEqual('kept',
                         self.container(instance)['config']['user.other'])


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
