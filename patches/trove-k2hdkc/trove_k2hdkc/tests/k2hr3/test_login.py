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


from trove_k2hdkc import k2hr3
from trove_k2hdkc.k2hr3 import calls
from trove_k2hdkc.k2hr3.credentials import credentials_of
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.tests.k2hr3 import base


class LoginTest(base.StandInCase):

    def test_by_id_and_by_name(self):
        token = credentials_of(base.environ()).token
        for project in ('b' * 32, 'B' * 32, 'Demo', 'demo'):
            session = k2hr3.log_in(self.transport, token, project)
            self.assertEqual('demo', session.project)

    def test_token_that_is_scoped_to_another_project(self):
        token = credentials_of(base.environ()).token
        session = k2hr3.log_in(self.transport, token, 'other')
        self.assertEqual('other', session.project)

    def test_project_of_somebody_else(self):
        token = credentials_of(base.environ()).token
        fault = self.assertRaises(errors.Denied, k2hr3.log_in,
                                  self.transport, token, 'f' * 32)
        self.assertIn('no role in it', str(fault))

    def test_token_that_keystone_does_not_know(self):
        fault = self.assertRaises(errors.Denied, k2hr3.log_in,
                                  self.transport, 'x' * 180, 'demo')
        self.assertNotIn('x' * 40, str(fault))

    def test_what_it_is(self):
        self.assertIn('role', calls.api_paths(self.transport, 'Asking'))
