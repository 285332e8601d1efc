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
import tempfile

import testtools

from nova_incus import record

UUID = '01234567-89ab-cdef-0123-456789abcdef'


class RecordTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = os.path.join(directory.name, 'instances')
        self.directory = record.Directory(self.base, UUID)

    def test_what_is_written_is_read(self):
        kept = record.Record(True, ['tap1'], {'/dev/vdb': '/v'})
        kept.add_taps(['tap1', 'tap2'])
        self.directory.write(kept)
        read = self.directory.read()
        self.assertEqual((True, ['tap1', 'tap2'], {'/dev/vdb': '/v'}),
                         (read.spawning, read.taps, read.volumes))

    def test_nothing_is_an_empty_record(self):
        read = self.directory.read()
        self.assertEqual((False, [], {}),
                         (read.spawning, read.taps, read.volumes))

    def test_only_servers_of_the_driver_are_listed(self):
        self.assertEqual([], record.recorded(self.base))
        self.directory.write(record.Record())
        os.makedirs(os.path.join(self.base, UUID.replace('0', 'f')))
        os.makedirs(os.path.join(self.base, 'locks'))
        self.assertEqual([UUID], record.recorded(self.base))

    def test_a_configuration_drive_replaces_the_one_before(self):
        self.directory.write_config_drive([('openstack/a', b'1')])
        # What a write that was cut off leaves.
        os.makedirs(self.directory.config_drive + '.new/old')
        self.directory.write_config_drive([('openstack/b/c', 'two')])
        found = [os.path.join(os.path.relpath(place,
                                              self.directory.config_drive),
                              name)
                 for place, _, names in os.walk(self.directory.config_drive)
                 for name in names]
        self.assertEqual(['openstack/b/c'], found)
        self.assertEqual(['config_drive'], os.listdir(self.directory.path))

    def test_user_data_is_for_root_only(self):
        self.directory.write_config_drive([('user_data', b'secret')])
        mode = os.stat(self.directory.config_drive).st_mode
        self.assertEqual(0o700, stat.S_IMODE(mode))

    def test_removal_can_be_repeated(self):
        self.directory.write(record.Record())
        for _ in range(2):
            self.directory.remove()
        self.assertEqual([], os.listdir(self.base))
