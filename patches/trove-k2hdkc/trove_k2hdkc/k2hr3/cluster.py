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


"""One cluster of one project in K2HR3.

What there is for a cluster C: a resource C with the template and the keys,
resources C/server and C/slave that inherit both and add the mode, a policy C
to read these, and roles C, C/server and C/slave. Nodes register as members of
C/server or C/slave with a token of that role.
"""

import collections
import datetime
import itertools

from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3 import members
from trove_k2hdkc.k2hr3 import names
from trove_k2hdkc.k2hr3 import template
from trove_k2hdkc.k2hr3 import values

# A token that ends before this is not one that was made for good.
_LONG = datetime.timedelta(days=365)

# Read by K2HR3's own registration script: packages and services that it is
# to install. Nodes come with theirs, or get them by `slave`.
_NOTHING_TO_INSTALL = {'k2hr3-init-packages': '',
                       'k2hr3-init-packagecloud-packages': '',
                       'k2hr3-init-systemd-packages': ''}

# extdata_urls: address of the registration document by part. It holds the
# token of the role: a secret. expires: end of each token by part, UTC.
Registration = collections.namedtuple(
    'Registration', ['cluster', 'project', 'keys', 'extdata_urls', 'expires'])

# registered: whether everything of it is there. keys: {} if it is not there.
# expires: by part, None without a token.
Status = collections.namedtuple(
    'Status', ['cluster', 'project', 'registered', 'missing', 'keys',
               'members', 'expires'])

_Token = collections.namedtuple('_Token', ['token', 'path', 'expires'])


class Cluster:
    """Operations on one cluster, each complete in itself and repeatable.

    `session` is of login.log_in(). `guest_url` is the address of K2HR3 as
    the nodes see it; that of the session's transport without.
    """

    def __init__(self, session, name, guest_url=None):
        self.name = names.cluster_name(name)
        self.project = session.project
        self._calls = session.calls
        self._guest_url = (guest_url or session.transport.url).rstrip('/')

    def register(self, given=None, renew=False, now=None):
        """Make everything of the cluster that is not there or not so.

        `given` are values of the cluster (see values.VALUES). `renew` makes
        new tokens; old ones stay valid, for members that run hold them.
        Returns a Registration. Errors: K2hr3Error; what was made stays, and
        the next call goes on from there.
        """
        keys = values.keys_of(self.name, given or {})
        self._make(keys)
        tokens = {part: self._token(part, renew, now or _now())
                  for part in names.PARTS}
        return Registration(
            self.name, self.project, keys,
            {part: self._extdata_url(token) for part, token in tokens.items()},
            {part: token.expires for part, token in tokens.items()})

    def slave(self, now=None):
        """Return (extdata URL, keys) for a new slave node.

        Errors: NotFound when the cluster is not registered.
        """
        keys = self._calls.resource(
            self.name, self._what('Reading the configuration')).get('keys')
        return (self._extdata_url(self._token(names.SLAVE, False,
                                              now or _now())), keys or {})

    def members(self):
        """Return all Members, those of a cluster that is not there too."""
        return [member for part in names.PARTS
                for member in self._members_of(part)]

    def remove_member(self, cuk):
        """Take the node with this instance id out of the cluster.

        Returns whether it was in. That it was not is fine.
        """
        found = [member for member in self.members() if member.cuk == cuk]
        for member in found:
            self._calls.remove_host(
                self._path(member.part), member.address, cuk,
                self._what('Removing the member at %s' % member.address))
        return bool(found)

    def unregister(self):
        """Remove everything of the cluster, tokens first.

        Returns whether there was anything. Members that run go on with what
        they know, and cannot come back.
        """
        tokens = [self._tokens(part) for part in names.PARTS]
        was_there = any(listed is not None
                        for listed in [*tokens, self._resource(self.name)])
        for token in itertools.chain.from_iterable(filter(None, tokens)):
            self._calls.remove_role_token(token.token,
                                          self._what('Removing a token'))
        # What hangs below first, and resources last: K2HR3 keeps those that
        # a policy names.
        for kind, paths in (
                ('role', [*map(self._path, names.PARTS), self.name]),
                ('policy', [self.name]),
                ('resource', [*map(self._path, names.PARTS), self.name])):
            for path in paths:
                self._remove(kind, path)
        return was_there

    def status(self):
        """Return a Status; of a cluster that is not there too."""
        missing, resources, tokens = self._look()
        expires = {part: max((token.expires for token in listed or []),
                             default=None)
                   for part, listed in tokens.items()}
        missing += ['token of role ' + self._path(part)
                    for part, end in expires.items() if end is None]
        keys = (resources[self.name] or {}).get('keys') or {}
        return Status(self.name, self.project, not missing, missing, keys,
                      self.members(), expires)

    def _look(self):
        """Return (what is not there but tokens, resources, tokens by part)."""
        resources = {path: self._resource(path)
                     for path in [self.name, *map(self._path, names.PARTS)]}
        tokens = {part: self._tokens(part) for part in names.PARTS}
        what = self._what('Reading the role and the policy')
        things = [
            ('policy ' + self.name, _or_none(self._calls.policy, self.name,
                                             what)),
            # Its tokens tell whether a role is there.
            ('role ' + self.name, _or_none(self._calls.role_tokens, self.name,
                                           what)),
            *(('role ' + self._path(part), listed)
              for part, listed in tokens.items()),
            *(('resource ' + path, value)
              for path, value in resources.items())]
        return ([thing for thing, value in things if value is None],
                resources, tokens)

    def _make(self, keys):
        """Write all but tokens, if it is not there as it should be.

        With a full disk K2HR3 1.0.42 answers 201 and has kept nothing, and a
        resource that it was to replace is gone: it is read afterwards, and
        nothing is written again without need.
        """
        wanted = self._wanted(keys)
        lacking, paths = self._lacking(wanted)
        if not lacking:
            return
        for path in paths:
            self._calls.put_resource(
                path, *wanted[path], self._what('Writing the resource '
                                                + path))
        self._put_policy_and_roles()
        lacking, _ = self._lacking(wanted)
        if lacking:
            raise errors.NotWritten(
                self._what('Writing the configuration'), 'K2HR3 answered '
                'that it is done, and has not kept ' + ', '.join(lacking))

    def _lacking(self, wanted):
        """Return what is to be written: (names, paths of resources)."""
        missing, resources, _ = self._look()
        paths = [path for path, content in wanted.items()
                 if _content(resources[path]) != content]
        return (list(dict.fromkeys(
            missing + ['resource ' + path for path in paths])), paths)

    def _extdata_url(self, token):
        return '%s/v1/extdata/trove/%s' % (self._guest_url, token.path)

    def _path(self, part):
        return '%s/%s' % (self.name, part)

    def _what(self, doing):
        return '%s of cluster %s in K2HR3' % (doing, self.name)

    def _wanted(self, keys):
        """Return what the resources hold: {path: (text, keys)}."""
        def for_nodes(**more):
            return '', dict(_NOTHING_TO_INSTALL, **more)
        return {
            self.name: (template.resource_text(self.project, self.name),
                        keys),
            self._path(names.SERVER): for_nodes(**{'chmpx-mode': 'SERVER'}),
            self._path(names.SLAVE): for_nodes(
                **{'chmpx-mode': 'SLAVE', 'k2hdkc-dbaas-add-user': '1'})}

    def _put_policy_and_roles(self):
        self._calls.put_policy(
            self.name,
            [names.yrn(self.project, 'resource', self._path(part))
             for part in names.PARTS], self._what('Writing the policy'))
        policy = names.yrn(self.project, 'policy', self.name)
        put = self._calls.put_role
        put(self.name, [policy], self._what('Writing the role'))
        for part in names.PARTS:
            put(self._path(part), [],
                self._what('Writing the role for %s nodes' % part))

    def _token(self, part, renew, now):
        """Return a token of a role that is good for long, made if needed."""
        lasting = [] if renew else [token for token in self._tokens(part) or []
                                    if _lasts(token, now)]
        return (max(lasting, key=lambda token: token.expires) if lasting
                else self._new_token(part, now))

    def _new_token(self, part, now):
        what = self._what('Making a token for %s nodes' % part)
        made = self._calls.new_role_token(self._path(part), what)
        for token in self._tokens(part) or []:
            if token.token == made:
                break
        else:
            raise errors.NotWritten(what, 'the new token is not among those '
                                          'of the role')
        if not _lasts(token, now):
            raise errors.BadAnswer(what, 'the new token ends within a year')
        return token

    def _tokens(self, part):
        """Return the tokens of a role, None when there is no such role.

        Only this call tells: K2HR3 answers for a role that is not there as
        for one that has nothing.
        """
        what = self._what('Reading the tokens for %s nodes' % part)
        listed = _or_none(self._calls.role_tokens, self._path(part), what)
        return None if listed is None else [
            _Token(token, about['registerpath'],
                   _time(about['expire'], what))
            for token, about in listed.items() if about.get('registerpath')]

    def _resource(self, path):
        return _or_none(self._calls.resource, path,
                        self._what('Reading the configuration'))

    def _members_of(self, part):
        role = self._calls.role(
            self._path(part), self._what('Reading the %s nodes' % part))
        return [members.member_of(part, entry)
                for entry in role.get('hosts', {}).get('ips', [])]

    def _remove(self, kind, path):
        what = self._what('Removing the %s %s' % (kind, path))
        _or_none(self._calls.remove, kind, path, what)


def _or_none(read, *args):
    try:
        return read(*args)
    except errors.NotFound:
        return None


def _content(resource):
    return resource and (resource.get('string'), resource.get('keys'))


def _lasts(token, now):
    return token.expires - now > _LONG


def _now():
    return datetime.datetime.now(datetime.timezone.utc)


def _time(text, what):
    """Read a time as K2HR3 writes it: 2036-11-25T06:30:00.000Z."""
    try:
        return datetime.datetime.strptime(
            text[:19] + '+0000', '%Y-%m-%dT%H:%M:%S%z')
    except (TypeError, ValueError):
        raise errors.BadAnswer(what, 'the time "%s" is not one' % text)
