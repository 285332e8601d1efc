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
import stat

from oslo_concurrency import processutils

from cinder_file import errors
from cinder_file import files
from cinder_file.tests import base


class FilesTest(base.TestCase):

    def setUp(self):
        super().setUp()
        self.store = files.VolumeFiles(self.directory, self.run_command)

    def test_a_file_takes_no_blocks_and_is_for_its_user_alone(self):
        self.store.create('one', base.GIB)
        status = os.stat(self.store.path('one'))
        self.assertEqual(base.GIB, status.st_size)
        self.assertLess(status.st_blocks * 512, base.MIB)
        self.assertEqual(0o600, stat.S_IMODE(status.st_mode))
        self.assertEqual(['one'], self.files())

    def test_while_it_is_made_it_has_another_name(self):
        with self.store.making('one', 4096) as path:
            self.assertEqual(['one' + files.PARTIAL], self.files())
            with open(path, 'wb') as file:
                file.write(b'text')
        self.assertEqual(['one'], self.files())
        self.assertEqual(4096, os.path.getsize(self.store.path('one')))

    def test_it_is_on_the_disk_before_it_has_its_name(self):
        names = []
        self.run_command.replaced['sync'] = \
            lambda *argv: names.append((os.path.basename(argv[1]),
                                        self.files()))
        self.store.create('one', 1)
        self.assertEqual(
            [('one.partial', ['one.partial']),
             (os.path.basename(self.directory), ['one'])], names)

    def test_nothing_is_left_when_it_cannot_be_filled(self):
        self.run_command.fail('cp', 'No space left on device')
        self.assertRaises(processutils.ProcessExecutionError,
                          self.store.copy, 'one', 'two', 1)
        self.assertEqual([], self.files())

    def test_a_copy_is_as_sparse_as_what_it_is_made_of(self):
        self.store.create('one', base.GIB)
        with open(self.store.path('one'), 'r+b') as file:
            file.write(b'text')
        self.store.copy('one', 'two', 2 * base.GIB)
        status = os.stat(self.store.path('two'))
        self.assertEqual(2 * base.GIB, status.st_size)
        self.assertLess(status.st_blocks * 512, base.MIB)
        with open(self.store.path('two'), 'rb') as file:
            self.assertEqual(b'text', file.read(4))

    def test_one_in_use_is_copied_in_one_go_or_not_at_all(self):
        self.run_command.replaced['cp'] = lambda *argv: None
        self.store.copy('one', 'two', 1, in_use=True)
        self.assertIn('--reflink=always --sparse=auto',
                      self.run_command.commands[0])
        self.run_command.fail('cp', 'cp: Operation not supported')
        error = self.assertRaises(errors.CopyInUseError, self.store.copy,
                                  'one', 'three', 1, in_use=True)
        self.assertEqual(
            'Volume one is attached to a server, which may write to it '
            'while it is copied, and the file system of %s cannot share '
            'blocks between files: cp: Operation not supported. Detach the '
            'volume first.' % self.directory, str(error))
        self.assertEqual(['two'], self.files())

    def test_it_grows_and_keeps_its_content_and_inode(self):
        self.store.create('one', 4096)
        with open(self.store.path('one'), 'r+b') as file:
            file.write(b'text')
            self.store.extend('one', 8192)
            self.assertEqual(8192, os.fstat(file.fileno()).st_size)

    def test_removal_can_be_repeated(self):
        self.store.create('one', 1)
        for _ in range(2):
            self.store.remove('one')
        self.assertEqual([], self.files())

    def test_only_what_was_not_finished_is_removed(self):
        self.store.create('one', 1)
        for name in ('two.partial', 'two.image.partial'):
            open(self.store.path(name), 'w').close()
        self.assertEqual(['two.image.partial', 'two.partial'],
                         sorted(self.store.remove_partial()))
        self.assertEqual(['one'], self.files())

    def test_usage_tells_promised_from_taken(self):
        self.store.create('one', base.GIB)
        self.store.create('two', base.GIB)
        with open(self.store.path('two'), 'r+b') as file:
            file.write(b'x' * base.MIB)
            os.fsync(file.fileno())
        usage = self.store.usage()
        self.assertEqual(2 * base.GIB, usage.provisioned)
        self.assertTrue(base.MIB <= usage.allocated < 2 * base.MIB)
        self.assertGreater(usage.free, 0)
