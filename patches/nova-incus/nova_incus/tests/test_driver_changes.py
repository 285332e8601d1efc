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

from nova.compute import task_states
from nova import exception
from nova import objects

from nova_incus.tests import base


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
