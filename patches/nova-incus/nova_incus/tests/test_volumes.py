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

from nova_incus import volumes
from nova_incus.tests import base


class VolumesTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        self.machine = base.Machine(set())
        self.loops = volumes.LoopDevices(
            self.machine.run, lambda path: path.startswith('/dev/'))

    def test_a_connection_says_where_the_volume_is(self):
        self.assertEqual('/v', volumes.source_of(base.connection('/v')))

    def test_another_kind_of_connection_is_refused(self):
        error = self.assertRaises(
            exception.VolumeDriverNotFound, volumes.source_of,
            {'driver_volume_type': 'iscsi', 'data': {}})
        self.assertIn('iscsi', str(error))

    def test_a_file_becomes_one_device_and_is_freed(self):
        first = self.loops.attach('/v1')
        self.assertEqual('/dev/loop0', first)
        self.assertEqual(first, self.loops.attach('/v1'))
        self.assertNotEqual(first, self.loops.attach('/v2'))
        for _ in range(2):
            self.loops.detach('/v1')
        self.assertEqual({'/v2'}, set(self.machine.loops))

    def test_a_device_stands_for_itself(self):
        self.assertEqual('/dev/sdb', self.loops.attach('/dev/sdb'))
        self.loops.detach('/dev/sdb')
        self.assertEqual([], self.machine.commands)

    def test_a_device_takes_the_size_of_its_file(self):
        self.loops.attach('/v1')
        self.loops.resize('/v1')
        self.assertEqual('losetup --set-capacity /dev/loop0',
                         self.machine.commands[-1])

    def test_a_path_that_is_not_there_is_no_device(self):
        self.assertFalse(volumes.is_block_device('/no/such/file'))
        self.assertFalse(volumes.is_block_device(__file__))
