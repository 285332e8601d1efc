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

"""A stand-in for K2HR3 behind the interface of its client."""

import collections

from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3 import members
from trove_k2hdkc.k2hr3 import names
from trove_k2hdkc.k2hr3 import values

Registered = collections.namedtuple('Registered', ['cluster', 'extdata_urls'])


class FakeK2hr3(object):
    """What there is, of one project.

    rings: values by name. members: cuks of server nodes by name. fault:
    raised if set.
    """

    def __init__(self):
        self.rings = {}
        self.members = collections.defaultdict(set)
        self.fault = None

    def cluster(self, session, name, guest_url=None):
        return FakeCluster(self, name, guest_url)

    def clusters_of(self, session):
        if self.fault:
            raise self.fault
        return list(self.rings)

    def go_away(self):
        self.fault = errors.Away('Logging in to K2HR3',
                                 'the connection was refused')


class FakeCluster(object):

    def __init__(self, system, name, guest_url):
        self.system = system
        names.cluster_name(name)
        self.name = name
        self.guest_url = guest_url or 'http://k2hr3'
        if system.fault:
            raise system.fault

    def register(self, given):
        self.system.rings[self.name] = values.keys_of(self.name, given)
        return Registered(self.name, {
            'server': '%s/v1/extdata/trove/%s' % (self.guest_url, self.name)})

    def members(self):
        return [members.Member(names.SERVER, '192.0.2.1', cuk, '')
                for cuk in sorted(self.system.members[self.name])]

    def remove_member(self, cuk):
        found = cuk in self.system.members[self.name]
        self.system.members[self.name].discard(cuk)
        return found

    def unregister(self):
        return self.system.rings.pop(self.name, None) is not None
