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

"""The ring that an instance belongs to, as the guest agent is told of it.

Its address in K2HR3 holds a token, so it is in no configuration group: it
reaches the guest in the calls `prepare` and `update_overrides`, and is kept
on the data volume.
"""

import collections

# Key in cluster_config, and in overrides beside the parameters.
KEY = 'k2hdkc-ring'

# Key in cluster_config: the backups that a new member loads.
BACKUPS_KEY = 'k2hdkc-backups'

# name: of the ring. extdata_url: where a node asks K2HR3 for its role; there
# is a token in it. authority: certificates that K2HR3 is trusted by, PEM; None
# where those of the system will do.
Ring = collections.namedtuple('Ring', ['name', 'extdata_url', 'authority'],
                              defaults=[None])


def packed(ring):
    """Return a Ring as a value that can be sent and stored as JSON."""
    value = {'name': ring.name, 'extdata-url': ring.extdata_url}
    if ring.authority:
        value['authority'] = ring.authority
    return value


def unpacked(value):
    """Return the Ring of packed(), None for None."""
    return value and Ring(value['name'], value['extdata-url'],
                          value.get('authority'))


def split(overrides):
    """Return the parameters, and the Ring that came with them or None."""
    parameters = dict(overrides or {})
    return parameters, unpacked(parameters.pop(KEY, None))
