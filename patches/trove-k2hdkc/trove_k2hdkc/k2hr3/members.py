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


"""Members of a cluster as K2HR3 lists them."""

import collections

# part: server or slave. address: that K2HR3 saw. cuk: id of the instance.
# name: what the node calls itself, or ''.
Member = collections.namedtuple('Member', ['part', 'address', 'cuk', 'name'])


def member_of(part, entry):
    """Return the Member of `ADDRESS PORT CUK EXTRA NAME …`.

    Empty fields at the end are left out, and a port is * for any.
    """
    fields = entry.split(' ') + [''] * 5
    return Member(part, fields[0], fields[2], fields[4])
