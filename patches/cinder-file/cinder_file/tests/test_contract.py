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

from oslo_utils import importutils
import testtools

from cinder.interface import util
from cinder.interface import volume_driver
from cinder.volume import driver as base_driver

from cinder_file import driver
from cinder_file import options


def names(function):
    return list(inspect.signature(function).parameters)


class ContractTest(testtools.TestCase):
    """This release of Cinder has the driver as one of its own."""

    def test_cinder_loads_it_by_its_name(self):
        self.assertIs(driver.FileDriver, importutils.import_class(
            'cinder_file.driver.FileDriver'))

    def test_it_is_a_volume_driver_as_cinder_checks_it(self):
        self.assertTrue(issubclass(driver.FileDriver,
                                   volume_driver.VolumeDriverCore))
        listed = [found for found in util.get_volume_drivers()
                  if found.cls is driver.FileDriver]
        self.assertEqual(1, len(listed))
        self.assertEqual('0.1.0', listed[0].version)
        self.assertEqual(options.file_opts, listed[0].driver_options)

    def test_overridden_methods_take_what_cinder_gives(self):
        own = {name: member for name, member
               in vars(driver.FileDriver).items()
               if inspect.isfunction(member) and not name.startswith('_')}
        self.assertIn('initialize_connection', own)
        for name, function in own.items():
            inherited = getattr(base_driver.VolumeDriver, name)
            self.assertEqual(names(inherited), names(function), name)

    def test_the_options_are_listed_for_the_sample_file(self):
        (group, listed), = options.list_opts()
        self.assertEqual('backend_defaults', group)
        self.assertEqual(['file_directory'],
                         [option.name for option in listed])
