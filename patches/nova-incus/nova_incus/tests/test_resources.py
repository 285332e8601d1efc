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

from nova_incus import resources
from nova_incus.tests import fake_incus

MOUNTS = '''\
20 1 0:20 / / rw - overlay overlay rw
21 20 8:1 / /var/lib/incus rw - ext4 /dev/sda1 rw
22 20 8:2 / /var/lib/inc rw - xfs /dev/sdb1 rw
23 21 0:30 / /var/lib/incus rw shared:1 - btrfs /dev/sdc rw
'''


class ResourcesTest(testtools.TestCase):

    def test_the_file_system_of_a_path_is_that_of_its_nearest_mount(self):
        for path, kind in (('/var/lib/incus/pool', 'btrfs'),
                           ('/var/lib/incus', 'btrfs'),
                           ('/var/lib/inc/pool', 'xfs'),
                           ('/var/lib/increase', 'overlay'),
                           ('/srv', 'overlay')):
            self.assertEqual(kind, resources.filesystem_of(MOUNTS, path))

    def test_only_a_directory_lies_on_an_overlay(self):
        for driver, source, answer in (
                ('dir', '/srv/pool', True),
                ('dir', '/var/lib/incus/pool', False),
                ('btrfs', '/srv/pool', False)):
            pool = {'driver': driver, 'config': {'source': source}}
            self.assertEqual(answer, resources.lies_on_overlay(pool, MOUNTS))

    def test_limits_that_a_kernel_lacks(self):
        for controllers, missing in (('cpuset cpu io memory pids', []),
                                     ('pids', ['memory', 'vcpus']),
                                     ('memory', ['vcpus']),
                                     ('', ['memory', 'vcpus'])):
            self.assertEqual(missing,
                             resources.missing_controllers(controllers))

    def test_what_the_machine_has(self):
        found = resources.available(
            {'cpus': 4, 'memory': 8 << 30, 'memory_used': 3 << 30},
            fake_incus.SERVER,
            {'space': {'total': 40 << 30, 'used': 10 << 30}},
            [{'config': {'limits.cpu': '2'}}, {'config': {}}], 'node1')
        expected = {
            'vcpus': 4, 'vcpus_used': 2, 'memory_mb': 8192,
            'memory_mb_used': 3072, 'local_gb': 40, 'local_gb_used': 10,
            'disk_available_least': 30, 'hypervisor_type': 'lxc',
            'hypervisor_version': 6000004, 'hypervisor_hostname': 'node1',
            'supported_instances': [('x86_64', 'lxc', 'exe')]}
        self.assertEqual(expected, {name: found[name] for name in expected})

    def test_the_inventory_has_no_class_of_which_there_is_nothing(self):
        each = {'VCPU': 1, 'MEMORY_MB': 2, 'DISK_GB': 3}
        found = resources.inventory(
            {'vcpus': 4, 'memory_mb': 8192, 'local_gb': 0}, each, each)
        self.assertEqual({'VCPU', 'MEMORY_MB'}, set(found))
        self.assertEqual({'total': 8192, 'min_unit': 1, 'max_unit': 8192,
                          'step_size': 1, 'allocation_ratio': 2,
                          'reserved': 2}, found['MEMORY_MB'])
