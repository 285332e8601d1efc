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


"""The calls of the API of K2HR3, one method each.

A method returns what the answer says, checked for its shape. Errors:
K2hr3Error, told of the thing `what` that the caller does.
"""

import contextlib

from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3 import judge
from trove_k2hdkc.k2hr3.names import quoted

# What K2HR3 answers extdata requests of only. The entry of its configuration
# is called trove.
EXTDATA_AGENT = 'extdata_k2hr3_trove'


# The version of the API that this client speaks.
VERSION = 'v1'


def api_versions(transport, what):
    """Return the versions that the API has, among them ours: ['v1']."""
    offered = transport.request('GET', '/', what).data
    versions = offered.get('version') if isinstance(offered, dict) else None
    if not isinstance(versions, list) or VERSION not in versions:
        found = ', '.join(map(str, versions)) if isinstance(
            versions, list) else ''
        raise errors.BadAnswer(
            what, '%s says that its API has the versions: %s; the one that '
            'is needed is %s' % (transport.url, found or 'none', VERSION))
    return versions


def api_paths(transport, what):
    """Return the paths that the API has, by group: {'role': {...}, ...}."""
    groups = transport.request('GET', '/v1', what).data
    if not isinstance(groups, dict) or 'user token' not in groups:
        raise errors.BadAnswer(what, '%s does not answer as K2HR3 does'
                               % transport.url)
    return groups


class Login:
    """Exchanges tokens. Nothing is kept here."""

    def __init__(self, transport):
        self._transport = transport

    def unscoped(self, openstack_token, what):
        """Return K2HR3's own token for a user, of no project yet."""
        return self._post(openstack_token, {}, what)

    def scoped(self, unscoped_token, tenant, what):
        """Return the token of a user for a project, by K2HR3's name of it."""
        return self._post(unscoped_token, {'tenantName': tenant}, what)

    def tenants(self, token, what):
        """Return the projects of a user: [{'name', 'id', 'display'}]."""
        with _token_of_its_own():
            answer = self._transport.request('GET', '/v1/user/tokens', what,
                                             token='U=' + token)
        return _field(answer, 'tenants', list, what)

    def _post(self, token, auth, what):
        answer = self._transport.request(
            'POST', '/v1/user/tokens', what, token='U=' + token,
            body={'auth': auth})
        return _field(answer, 'token', str, what)


class Calls:
    """Calls with the token of a user for one project."""

    def __init__(self, transport, token):
        self._transport = transport
        self._token = 'U=' + token

    def _call(self, method, path, what, **more):
        with _token_of_its_own():
            return self._transport.request(method, path, what,
                                           token=self._token, **more)

    # Posting what is there already replaces it.

    def put_resource(self, name, text, keys, what):
        self._call('POST', '/v1/resource', what, body={'resource': {
            'name': name, 'type': 'string', 'data': text, 'keys': keys,
            'alias': []}})

    def put_policy(self, name, resources, what):
        self._call('POST', '/v1/policy', what, body={'policy': {
            'name': name, 'effect': 'allow',
            'action': ['yrn:yahoo::::action:read'], 'resource': resources,
            'condition': None, 'alias': []}})

    def put_role(self, name, policies, what):
        self._call('POST', '/v1/role', what, body={'role': {
            'name': name, 'policies': policies, 'alias': []}})

    def resource(self, name, what):
        """Return {'string', 'keys', …} of a resource, without inheritance."""
        answer = self._call('GET', '/v1/resource/' + quoted(name), what,
                            query={'expand': 'false'})
        return _field(answer, 'resource', dict, what)

    def role(self, name, what):
        """Return {'policies', 'hosts': {'ips': [...]}} of a role.

        A role that is not there has none of them.
        """
        answer = self._call('GET', '/v1/role/' + quoted(name), what,
                            query={'expand': 'false'})
        return _field(answer, 'role', dict, what)

    def roles(self, what):
        """Return [{'name', 'children': [...]}], as roles hang together."""
        answer = self._call('GET', '/v1/list/role', what,
                            query={'expand': 'true'})
        return _field(answer, 'children', list, what)

    def policy(self, name, what):
        """Return {'effect', 'action', 'resource', …} of a policy."""
        answer = self._call('GET', '/v1/policy/' + quoted(name), what)
        return _field(answer, 'policy', dict, what)

    def new_role_token(self, role, what):
        """Make a token of a role that does not expire. Returns it.

        Without `expire=0` it ends after a day, and K2HR3 hands it to new
        members after that as before.
        """
        answer = self._call('GET', '/v1/role/token/' + quoted(role), what,
                            query={'expire': '0'})
        return _field(answer, 'token', str, what)

    def role_tokens(self, role, what):
        """Return {token: {'date', 'expire', 'registerpath', …}}."""
        answer = self._call('GET', '/v1/role/token/list/' + quoted(role),
                            what, query={'expand': 'true'})
        return _field(answer, 'tokens', dict, what)

    def remove_host(self, role, address, cuk, what):
        self._call('DELETE', '/v1/role/' + quoted(role), what,
                   query={'host': address, 'cuk': cuk})

    def remove(self, kind, name, what):
        """Remove a `resource`, `policy` or `role`."""
        self._call('DELETE', '/v1/%s/%s' % (kind, quoted(name)), what)

    def remove_role_token(self, token, what):
        self._call('DELETE', '/v1/role/token/' + token, what)


@contextlib.contextmanager
def _token_of_its_own():
    """What is said of a token that K2HR3 gave and does not know.

    One with a full disk gives a token like any other and has not kept it.
    """
    try:
        yield
    except errors.Denied as error:
        if not judge.is_unknown_token(error.why):
            raise
        raise errors.NotWritten(
            error.what, 'K2HR3 gave a token a moment ago and does not know '
            'it: ' + error.why, error.status) from error


def _field(answer, name, kind, what):
    value = answer.data.get(name) if isinstance(answer.data, dict) else None
    if not isinstance(value, kind):
        raise errors.BadAnswer(
            what, 'the answer (%d) has no "%s" as K2HR3 gives one'
            % (answer.status, name), answer.status)
    return value
