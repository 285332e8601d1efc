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

import types

import testtools

from nova.compute import power_state
from nova import exception

from nova_incus import guest


def instance(**changes):
    flavor = types.SimpleNamespace(vcpus=2, memory_mb=512, root_gb=5)
    return types.SimpleNamespace(**{
        'uuid': 'u', 'name': 'instance-00000001', 'hostname': 'guest',
        'image_ref': 'image', 'flavor': flavor, **changes})


class GuestTest(testtools.TestCase):

    def test_every_state_of_a_guest_is_one_of_nova(self):
        for status, state in (
                ('Running', power_state.RUNNING),
                ('Ready', power_state.RUNNING),
                ('Stopping', power_state.RUNNING),
                ('Stopped', power_state.SHUTDOWN),
                ('Frozen', power_state.PAUSED),
                ('Error', power_state.CRASHED),
                ('something new', power_state.NOSTATE)):
            self.assertEqual(state, guest.state_of(status), status)

    def test_the_links_are_here_only_when_nothing_runs(self):
        self.assertTrue(guest.is_stopped('Stopped'))
        self.assertTrue(guest.is_stopped('Error'))
        self.assertFalse(guest.is_stopped('Running'))
        self.assertFalse(guest.is_stopped('Frozen'))

    def test_the_description(self):
        devices = guest.devices('pool', 5, '/cd', ['gst1', 'gst2'],
                                {'/dev/vdb': '/dev/loop0'})
        body = guest.description(instance(), 'f00', True, devices)
        self.assertEqual({
            'name': 'instance-u', 'type': 'container', 'profiles': [],
            'source': {'type': 'image', 'fingerprint': 'f00'},
            'config': {
                'user.nova.uuid': 'u', 'user.nova.name': 'instance-00000001',
                'user.hostname': 'guest', 'boot.autostart': 'false',
                'security.nesting': 'true', 'security.privileged': 'true',
                'security.guestapi': 'false', 'raw.lxc': guest.IPC_LIMITS,
                'limits.cpu': '2',
                'limits.memory': '512MiB'},
            'devices': {
                'root': {'type': 'disk', 'path': '/', 'pool': 'pool',
                         'size': '5GiB'},
                'config-drive': {
                    'type': 'disk', 'source': '/cd', 'readonly': 'true',
                    'path': '/var/lib/cloud/seed/config_drive'},
                'eth0': {'type': 'nic', 'nictype': 'physical',
                         'parent': 'gst1', 'name': 'eth0'},
                'eth1': {'type': 'nic', 'nictype': 'physical',
                         'parent': 'gst2', 'name': 'eth1'},
                'volume-vdb': {'type': 'unix-block', 'source': '/dev/loop0',
                               'path': '/dev/vdb'}},
        }, body)

    def test_a_flavor_without_a_disk_sets_no_size(self):
        self.assertNotIn('size', guest.root_device('pool', 0))

    def test_resize(self):
        container = {'config': {'limits.cpu': '1', 'user.hostname': 'h'},
                     'devices': {'root': {}, 'eth0': {}}}
        flavor = types.SimpleNamespace(vcpus=4, memory_mb=2048, root_gb=0)
        guest.resize(container, flavor, 'pool')
        self.assertEqual({'limits.cpu': '4', 'limits.memory': '2048MiB',
                          'user.hostname': 'h'}, container['config'])
        self.assertEqual({'root', 'eth0'}, set(container['devices']))

    def test_what_a_container_cannot_have_is_refused(self):
        cases = (
            (instance(image_ref=''), {}, 'not from a volume'),
            (instance(), {'ephemerals': [{'size': 1}]}, 'no ephemeral'),
            (instance(), {'swap': {'device_name': '/dev/vdc',
                                   'swap_size': 1}}, 'no swap'))
        for refused, devices, words in cases:
            error = self.assertRaises(exception.BuildAbortException,
                                      guest.refuse_unsupported, refused,
                                      devices)
            self.assertIn(words, str(error))
        guest.refuse_unsupported(instance(), None)
