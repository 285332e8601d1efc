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

import fixtures

from cinder import exception

from cinder_file import driver
from cinder_file import errors
from cinder_file.tests import base


class DriverTest(base.TestCase):

    def setUp(self):
        super().setUp()
        self.driver = self.make_driver()

    def size(self, thing):
        return os.path.getsize(self.path(thing)) // base.GIB

    def test_create_extend_delete(self):
        volume = self.volume()
        self.driver.create_volume(volume)
        self.assertEqual(1, self.size(volume))
        self.driver.extend_volume(volume, 3)
        self.assertEqual(3, self.size(volume))
        for _ in range(2):
            self.driver.delete_volume(volume)
        self.assertEqual([], self.files())

    def test_a_clone_has_the_content_and_a_life_of_its_own(self):
        source, clone = self.volume(1), self.volume(2, size=2)
        self.driver.create_volume(source)
        self.write(source, b'before')
        self.driver.create_cloned_volume(clone, source)
        self.write(source, b'after!')
        self.assertEqual(b'before', self.content(clone, 6))
        self.assertEqual(2, self.size(clone))

    def test_a_snapshot_keeps_what_was_there(self):
        volume, restored = self.volume(1), self.volume(2, size=2)
        snapshot = self.snapshot(volume)
        self.driver.create_volume(volume)
        self.write(volume, b'before')
        self.driver.create_snapshot(snapshot)
        self.write(volume, b'after!')
        self.driver.create_volume_from_snapshot(restored, snapshot)
        self.assertEqual((b'before', 2),
                         (self.content(restored, 6), self.size(restored)))
        volume.size = 3
        self.driver.revert_to_snapshot(self.context, volume, snapshot)
        self.assertEqual((b'before', 3),
                         (self.content(volume, 6), self.size(volume)))
        for _ in range(2):
            self.driver.delete_snapshot(snapshot)
        self.assertEqual(sorted([volume.name, restored.name]), self.files())

    def test_an_attached_volume_is_not_copied_bit_by_bit(self):
        self.run_command.fail('cp', 'Operation not supported')
        volume = self.volume(attached=True)
        self.driver.create_volume(volume)
        self.assertRaises(errors.CopyInUseError, self.driver.create_snapshot,
                          self.snapshot(volume))
        self.assertRaises(errors.CopyInUseError,
                          self.driver.create_cloned_volume, self.volume(2),
                          volume)

    def test_a_volume_of_an_image(self):
        service, volume = base.StandInImageService(b'text'), self.volume()
        self.assertEqual(
            ({}, True),
            self.driver.clone_image(self.context, volume, None, service.meta,
                                    service))
        self.assertEqual(b'text', self.content(volume, 4))

    def test_a_volume_gets_an_image_anew(self):
        volume = self.volume()
        self.driver.create_volume(volume)
        self.write(volume, b'before')
        self.driver.copy_image_to_volume(
            self.context, volume, base.StandInImageService(b'text'),
            'image-1')
        self.assertEqual(b'text\0\0', self.content(volume, 6))

    def test_a_volume_becomes_an_image(self):
        service, volume = base.StandInImageService(b''), self.volume()
        self.useFixture(fixtures.MockPatch(
            'cinder.volume.volume_utils.upload_volume',
            self._upload_as_cinder_does))
        self.driver.create_volume(volume)
        os.truncate(self.path(volume), 4)
        self.write(volume, b'text')
        self.driver.copy_volume_to_image(self.context, volume, service,
                                         service.meta)
        self.assertEqual(b'text', service.uploaded)

    @staticmethod
    def _upload_as_cinder_does(context, service, meta, path, volume,
                               run_as_root):
        from cinder.image import image_utils
        image_utils.upload_volume(context, service, meta, path,
                                  run_as_root=run_as_root)

    def test_encrypted_volumes_are_refused(self):
        volume = self.volume(
            encryption_key_id='00000000-0000-0000-0000-000000000009')
        for make in (lambda: self.driver.create_volume(volume),
                     lambda: self.driver.create_cloned_volume(volume, volume),
                     lambda: self.driver.create_volume_from_snapshot(
                         volume, self.snapshot(volume))):
            error = self.assertRaises(errors.EncryptedVolumeError, make)
            self.assertIn('Choose a volume type without encryption',
                          str(error))

    def test_nova_gets_the_path(self):
        volume, connector = self.volume(), {'host': 'here'}
        self.driver.create_volume(volume)
        self.driver.ensure_export(self.context, volume)
        self.driver.create_export(self.context, volume, connector)
        self.driver.validate_connector(connector)
        self.assertEqual(
            {'driver_volume_type': 'local',
             'data': {'device_path': self.path(volume)}},
            self.driver.initialize_connection(volume, connector))
        self.driver.terminate_connection(volume, connector)
        self.driver.remove_export(self.context, volume)
        self.assertEqual([volume.name], self.files())

    def test_a_server_of_another_host_cannot_have_it(self):
        error = self.assertRaises(
            exception.InvalidConnectorException,
            self.driver.validate_connector, {'host': 'there'})
        self.assertEqual('The volume is a file of the host here; a server on '
                         'there cannot have it.', str(error))

    def test_capacity_is_what_volumes_can_have(self):
        driver = self.make_driver(max_over_subscription_ratio='2.0',
                                  reserved_percentage=5)
        for number in (1, 2):
            driver.create_volume(self.volume(number, size=3))
        there = os.statvfs(self.directory)
        free = there.f_bavail * there.f_frsize / base.GIB
        pool, = driver.get_volume_stats(refresh=True)['pools']
        self.assertEqual('file', pool['pool_name'])
        self.assertEqual(6, pool['provisioned_capacity_gb'])
        self.assertAlmostEqual(free, pool['free_capacity_gb'], delta=2)
        self.assertAlmostEqual(pool['free_capacity_gb'],
                               pool['total_capacity_gb'], delta=0.1)
        self.assertEqual((2.0, 5, True), (
            pool['max_over_subscription_ratio'], pool['reserved_percentage'],
            pool['online_extend_support']))


class SetupTest(base.TestCase):

    def setup_error(self, made):
        made.do_setup(self.context)
        return str(self.assertRaises(errors.FileBackendError,
                                     made.check_for_setup_error))

    def test_what_a_crash_left_is_removed_and_nothing_else(self):
        made, volume = self.make_driver(), self.volume()
        made.create_volume(volume)
        open(made.files.path('volume-2.partial'), 'w').close()
        made.check_for_setup_error()
        self.assertEqual([volume.name], self.files())

    def test_a_directory_that_is_not_there(self):
        made = self.make_driver()
        os.rmdir(self.directory)
        self.addCleanup(os.mkdir, self.directory)
        self.assertEqual(
            'file_directory is %s, and there is no such directory. Make it, '
            'for the user of cinder-volume.' % self.directory,
            self.setup_error(made))

    def test_a_directory_of_somebody_else(self):
        made = self.make_driver()
        self.useFixture(fixtures.MockPatchObject(
            os, 'access', lambda path, mode: False))
        self.assertEqual(
            'file_directory is %s, and the user of cinder-volume (%d) may '
            'not write there. Give it to that user.'
            % (self.directory, os.geteuid()), self.setup_error(made))

    def test_programs_end_with_this_process(self):
        self.useFixture(fixtures.MockPatch(
            'oslo_concurrency.processutils.execute', lambda *argv: argv))
        self.assertEqual(('setpriv', '--pdeathsig', 'KILL', 'true'),
                         driver.run('true'))
