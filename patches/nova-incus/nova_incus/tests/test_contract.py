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

import inspect

import testtools

from nova.virt import driver

from nova_incus import driver as incus
from nova_incus import loading

# What nova-compute cannot do without, of a driver with these capabilities.
NEEDED = {
    'init_host', 'list_instances', 'list_instance_uuids', 'get_info',
    'spawn', 'destroy', 'cleanup', 'power_on', 'power_off', 'reboot',
    'get_console_output', 'get_available_nodes', 'get_available_resource',
    'update_provider_tree', 'plug_vifs', 'unplug_vifs', 'attach_volume',
    'detach_volume', 'extend_volume', 'get_volume_connector',
    'migrate_disk_and_power_off', 'finish_migration', 'confirm_migration',
    'finish_revert_migration', 'resume_state_on_host_boot',
    'manage_image_cache', 'cache_image', 'get_host_ip_addr',
    'get_host_uptime',
}


def parameters(function):
    return [(parameter.name, parameter.kind, parameter.default)
            for parameter in inspect.signature(function).parameters.values()]


class ContractTest(testtools.TestCase):
    """This release of Nova calls our methods as they are declared."""

    def test_overridden_methods_have_the_signature_of_the_base_class(self):
        own = {name: member for name, member
               in vars(incus.IncusDriver).items()
               if inspect.isfunction(member) and not name.startswith('_')}
        self.assertEqual(set(), NEEDED - set(own))
        for name, function in own.items():
            inherited = getattr(driver.ComputeDriver, name)
            self.assertEqual(parameters(inherited), parameters(function),
                             name)

    def test_capabilities_are_known_ones(self):
        self.assertEqual(set(driver.ComputeDriver.capabilities),
                         set(incus.IncusDriver.capabilities))
        for name in ('has_imagecache', 'supports_extend_volume'):
            self.assertTrue(incus.IncusDriver.capabilities[name])

    def test_nova_loads_it_by_its_name(self):
        loading.register()
        loaded = driver.load_compute_driver(
            None, 'nova_incus.driver.IncusDriver')
        self.assertIs(incus.IncusDriver, type(loaded))
