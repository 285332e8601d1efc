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

"""Makes `compute_driver = nova_incus.driver.IncusDriver` loadable."""

import sys

import nova_incus
from nova_incus import driver


def register():
    """Give the driver a second name below nova.virt.

    Nova prefixes compute_driver with `nova.virt.` before it imports it.
    """
    sys.modules['nova.virt.nova_incus'] = nova_incus
    sys.modules['nova.virt.nova_incus.driver'] = driver
