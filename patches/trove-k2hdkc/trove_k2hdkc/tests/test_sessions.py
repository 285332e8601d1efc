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

from unittest import mock

from keystoneauth1 import exceptions
from keystoneauth1.identity import v3

from trove.common import cfg
from trove.common import clients_admin
from trove.common import exception
from trove.tests.unittests import trove_testtools

from trove_k2hdkc.control import sessions
from trove_k2hdkc import k2hr3

CONF = cfg.CONF


class SessionTest(trove_testtools.TestCase):

    def setUp(self):
        super(SessionTest, self).setUp()
        self.context = mock.Mock(auth_token='token', project_id='project')
        self.set_option('k2hr3_url', 'http://k2hr3:18080')
        self.log_in = self.enterContext(mock.patch.object(
            k2hr3, 'log_in', return_value='session'))
        self.admin = self.enterContext(mock.patch.object(
            clients_admin, 'get_keystone_session',
            autospec=True)).return_value
        self.admin.get_user_id.return_value = 'trove-id'
        self.admin.get.return_value.json.return_value = {
            'roles': [{'id': 'role-id'}]}
        for name, value in (('auth_url', 'http://keystone/identity'),
                            ('username', 'trove'), ('password', 'secret')):
            self.set_option(name, value, 'service_credentials')
        self.password = self.enterContext(mock.patch.object(v3, 'Password'))
        self.enterContext(mock.patch.object(
            sessions.keystone_session.Session, 'get_token',
            return_value='service-token'))

    def set_option(self, name, value, group='k2hdkc'):
        CONF.set_override(name, value, group)
        self.addCleanup(CONF.clear_override, name, group)

    def _tokens(self):
        return [call[0][1:] for call in self.log_in.call_args_list]

    def test_as_the_user(self):
        self.assertEqual('session', sessions.log_in(self.context, 'project'))
        self.assertEqual([('token', 'project')], self._tokens())
        self.admin.put.assert_not_called()

    def _assert_as_the_service(self):
        self.assertEqual(('service-token', 'project'), self._tokens()[-1])
        self.admin.put.assert_called_once_with(
            'http://keystone/identity/v3/projects/project/users/trove-id/'
            'roles/role-id')
        self.assertEqual(
            ('http://keystone/identity/v3', 'trove', 'secret', 'project'),
            tuple(self.password.call_args[1][name] for name in (
                'auth_url', 'username', 'password', 'project_id')))

    def test_an_administrator_of_another_project(self):
        self.context.project_id = 'admin'
        sessions.log_in(self.context, 'project')
        self._assert_as_the_service()

    def test_without_a_token(self):
        self.context.auth_token = None
        sessions.log_in(self.context, 'project')
        self._assert_as_the_service()

    def test_a_token_that_has_ended(self):
        self.log_in.side_effect = [k2hr3.errors.Denied('Logging in', 'no'),
                                   'session']
        self.assertEqual('session', sessions.log_in(self.context, 'project'))
        self._assert_as_the_service()

    def test_a_cloud_without_k2hr3(self):
        self.set_option('k2hr3_url', None)
        refusal = self.assertRaises(exception.TroveError, sessions.log_in,
                                    self.context, 'project')
        self.assertIn('Set k2hr3_url', str(refusal))

    def _assert_denied(self, words):
        self.context.auth_token = None
        refusal = self.assertRaises(k2hr3.errors.Denied, sessions.log_in,
                                    self.context, 'project')
        self.assertIn(words, str(refusal))
        self.assertNotIn('secret', str(refusal))

    def test_keystone_refuses(self):
        self.admin.put.side_effect = exceptions.Forbidden('not allowed')
        self._assert_denied('not allowed')

    def test_a_role_that_is_not_there(self):
        self.admin.get.return_value.json.return_value = {'roles': []}
        self._assert_denied('Keystone has no role member')
