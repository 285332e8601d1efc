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


"""From an OpenStack token to a session with K2HR3."""

import collections

from trove_k2hdkc.k2hr3 import calls
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3 import names

# calls: what can be asked. project: K2HR3's name of the project. transport:
# for calls without the user's token.
Session = collections.namedtuple('Session', ['transport', 'calls', 'project'])


def log_in(transport, openstack_token, project):
    """Return a Session of a user for one of their projects.

    `openstack_token` is one of Keystone, scoped or not; it is sent to K2HR3
    and kept nowhere. `project` is the id or the name of the project.
    Errors: K2hr3Error, Denied when the user has no role in the project.
    """
    login = calls.Login(transport)
    unscoped = login.unscoped(openstack_token, 'Logging in to K2HR3')
    tenant = _tenant(login.tenants(
        unscoped, 'Asking K2HR3 for the projects of the user'), project)
    name = names.project_name(tenant)
    token = login.scoped(unscoped, tenant, 'Logging in to K2HR3 for the '
                                           'project %s' % name)
    return Session(transport, calls.Calls(transport, token), name)


def _tenant(tenants, project):
    """Return K2HR3's name of the project with that id, else that name."""
    for field in ('id', 'name', 'display'):
        for tenant in tenants:
            if str(tenant.get(field, '')).lower() == project.lower():
                return tenant['name']
    raise errors.Denied('Logging in to K2HR3 for the project %s' % project,
                        'the user has no role in it that K2HR3 knows of')
