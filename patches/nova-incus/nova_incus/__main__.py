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

"""nova-compute with this driver: python3 -m nova_incus [OPTIONS].

Nova loads drivers from below nova.virt only. The options are those of
nova-compute.
"""

# Importing nova.cmd lets eventlet patch the standard library: first.
from nova.cmd import compute

from nova_incus import loading
from nova_incus import replies

loading.register()
replies.look_often()
compute.main()
