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


"""Who a command acts for: from the environment or a file, never arguments.

The environment is that of the openstack client: OS_TOKEN with
OS_PROJECT_ID or OS_PROJECT_NAME; or OS_AUTH_URL, OS_USERNAME, OS_PASSWORD,
a project, and the domains of both (Default without). OS_CLOUD names an entry
of clouds.yaml instead, in OS_CLIENT_CONFIG_FILE; OS_PROJECT_NAME then names
another project than the entry.
"""

import collections

from keystoneauth1 import exceptions
from keystoneauth1.identity import v3
from keystoneauth1 import session
import yaml

from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3.harmless import harmless

# Seconds in which Keystone must answer.
_TIMEOUT = 30
_WHAT = 'Logging in to Keystone'

# token: of OpenStack. project: id or name.
Credentials = collections.namedtuple('Credentials', ['token', 'project'])


def credentials_of(environ):
    """Return Credentials with a token for the project.

    Errors: BadCredentials.
    """
    auth, ca_file = _settings(environ)
    project = auth.get('project_id') or auth.get('project_name')
    if not project:
        raise errors.BadCredentials(_WHAT, 'no project is named')
    if auth.get('token'):
        return Credentials(auth['token'], project)
    return Credentials(_token_by_password(auth, ca_file), project)


def _settings(environ):
    if environ.get('OS_CLOUD'):
        auth, ca_file = _of_cloud(
            environ['OS_CLOUD'],
            environ.get('OS_CLIENT_CONFIG_FILE', 'clouds.yaml'))
        if environ.get('OS_PROJECT_NAME'):
            auth = dict(auth, project_id=None,
                        project_name=environ['OS_PROJECT_NAME'])
        return auth, ca_file
    return ({name[3:].lower(): value for name, value in environ.items()
             if name.startswith('OS_') and value}, environ.get('OS_CACERT'))


def _of_cloud(name, path):
    what = 'Reading the cloud "%s" of %s' % (name, path)
    try:
        with open(path) as clouds_file:
            cloud = yaml.safe_load(clouds_file)['clouds'][name]
            return cloud['auth'], cloud.get('cacert')
    except OSError as error:
        raise errors.BadCredentials(what, error.strerror)
    except (yaml.YAMLError, KeyError, TypeError):
        # The error of YAML shows the line, which may hold a password.
        raise errors.BadCredentials(
            what, 'the file has no such cloud, or is not valid YAML')


def _token_by_password(auth, ca_file):
    missing = [name for name in ('auth_url', 'username', 'password')
               if not auth.get(name)]
    if missing:
        raise errors.BadCredentials(_WHAT, 'there is no %s' % missing[0])
    by_password = v3.Password(
        auth_url=auth['auth_url'], username=auth['username'],
        password=auth['password'],
        user_domain_name=auth.get('user_domain_name', 'Default'),
        project_id=auth.get('project_id'),
        project_name=(None if auth.get('project_id')
                      else auth['project_name']),
        project_domain_name=(None if auth.get('project_id') else auth.get(
            'project_domain_name', 'Default')))
    try:
        return session.Session(
            auth=by_password, verify=ca_file or True,
            timeout=_TIMEOUT).get_token()
    except exceptions.ClientException as error:
        raise errors.BadCredentials(_WHAT, harmless(error)) from error
