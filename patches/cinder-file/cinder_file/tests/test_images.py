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

from cinder_file import files
from cinder_file import images
from cinder_file.tests import base


class ImagesTest(base.TestCase):

    def setUp(self):
        super().setUp()
        self.store = files.VolumeFiles(self.directory, self.run_command)
        self.useFixture(fixtures.MockPatch('shutil.which',
                                           lambda name: '/usr/bin/' + name))

    def write_image(self, content, **meta):
        service = base.StandInImageService(content, **meta)
        images.write(self.context, service, service.meta, self.store,
                     'one', 1)

    def refused(self, content, **meta):
        error = self.assertRaises(exception.ImageUnacceptable,
                                  self.write_image, content, **meta)
        self.assertEqual([], self.files())
        return str(error)

    def test_a_raw_image_becomes_a_sparse_volume_of_the_wanted_size(self):
        self.write_image(b'text' + bytes(4 * base.MIB))
        status = os.stat(self.store.path('one'))
        self.assertEqual(base.GIB, status.st_size)
        self.assertLess(status.st_blocks * 512, base.MIB)
        with open(self.store.path('one'), 'rb') as file:
            self.assertEqual(b'text', file.read(4))
        self.assertEqual(['one'], self.files())

    def test_it_need_not_be_sparse(self):
        self.run_command.fail('fallocate', 'Operation not supported')
        self.write_image(b'text')
        self.assertEqual(['one'], self.files())

    def test_a_qcow2_image_is_converted(self):
        def convert(*argv):
            self.assertEqual(
                ('qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw',
                 self.store.path('one.image.partial'),
                 self.store.path('one.partial')), argv)
            with open(argv[-1], 'wb') as file:
                file.write(b'text')
        self.run_command.replaced['qemu-img'] = convert
        self.write_image(base.qcow2(base.GIB), disk_format='qcow2')
        with open(self.store.path('one'), 'rb') as file:
            self.assertEqual(b'text', file.read(4))
        self.assertEqual(['one'], self.files())

    def test_a_qcow2_image_needs_the_program(self):
        self.useFixture(fixtures.MockPatch('shutil.which', lambda name: None))
        self.assertIn('qemu-img is not installed beside cinder-volume',
                      self.refused(b'', disk_format='qcow2'))

    def test_other_formats_are_refused(self):
        self.assertIn('are bare and vmdk',
                      self.refused(b'', disk_format='vmdk'))
        self.assertIn('are compressed and raw',
                      self.refused(b'', container_format='compressed'))

    def test_one_that_is_larger_than_the_volume_is_refused(self):
        self.useFixture(fixtures.MockPatchObject(
            os.path, 'getsize', lambda path: base.GIB + 1))
        self.assertIn("doesn't fit in a volume of size 1GB",
                      self.refused(b'text'))
        self.assertIn("doesn't fit in a volume of size 1GB", self.refused(
            base.qcow2(2 * base.GIB), disk_format='qcow2'))

    def test_one_that_is_not_what_it_is_said_to_be_is_refused(self):
        self.assertIn('it is said to be qcow2 and is raw',
                      self.refused(b'text' * 1024, disk_format='qcow2'))

    def test_one_that_refers_to_a_file_of_the_machine_is_refused(self):
        self.assertIn('it refers to other files', self.refused(
            base.qcow2(base.GIB, backing_file_offset=200),
            disk_format='qcow2'))
