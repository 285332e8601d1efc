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

from nova import exception

from nova_incus.tests import base


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
