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

"""Sessions with K2HR3 in a project: as its user, else as Trove itself."""

from keystoneauth1 import exceptions
from keystoneauth1.identity import v3
from keystoneauth1 import session as keystone_session
from oslo_log import log as logging

from trove.common import cfg
from trove.common import clients_admin
from trove.common import exception

from trove_k2hdkc import k2hr3
from trove_k2hdkc import MANAGER

LOG = logging.getLogger(__name__)
CONF = cfg.CONF


def log_in(context, project):
    """Return a session with K2HR3 in a project.

    :param context: its token is used when it is one of the project
    :param project: id
    :raises TroveError: this cloud has no K2HR3
    :raises K2hr3Error: K2HR3 or Keystone does not let Trove in
    """
    options = CONF.get(MANAGER)
    if not options.k2hr3_url:
        raise exception.TroveError(
            'This cloud has no K2HR3, which the members of a ring need to '
            'find each other. Set k2hr3_url in [k2hdkc] of trove.conf.')
    transport = k2hr3.Transport(options.k2hr3_url,
                                ca_file=options.k2hr3_ca_file)
    if context.auth_token and context.project_id == project:
        try:
            return k2hr3.log_in(transport, context.auth_token, project)
        except k2hr3.errors.Denied:
            # It has ended, as it does during long operations.
            LOG.info('K2HR3 does not take the token of the request; going '
                     'on as the service user.')
    return k2hr3.log_in(transport, _service_token(project), project)


def _service_token(project):
    """Return a token of Trove's own user for a project.

    Trove's user gets a role there first, as Trove has none in the projects
    of users.
    """
    service = CONF.service_credentials
    url = service.auth_url.rstrip('/')
    url = url if url.endswith('/v3') else url + '/v3'
    try:
        admin = clients_admin.get_keystone_session()
        _grant(admin, url, project)
        return keystone_session.Session(
            auth=v3.Password(
                auth_url=url, username=service.username,
                password=service.password, project_id=project,
                user_domain_name=service.user_domain_name),
            verify=admin.verify).get_token()
    except exceptions.ClientException as error:
        raise k2hr3.errors.Denied(
            'Getting a token of the service user %s for the project %s'
            % (service.username, project), str(error))


def _grant(admin, url, project):
    name = CONF.get(MANAGER).k2hr3_role
    roles = admin.get('%s/roles' % url, params={'name': name}).json()['roles']
    if not roles:
        raise k2hr3.errors.Denied(
            'Granting the service user a role in the project %s' % project,
            'Keystone has no role %s, which k2hr3_role in [k2hdkc] names'
            % name)
    admin.put('%s/projects/%s/users/%s/roles/%s'
              % (url, project, admin.get_user_id(), roles[0]['id']))
