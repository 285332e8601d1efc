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

"""The login of the guest agent to the registry of its images."""

import os
import tempfile
from unittest import mock

from trove.common import exception

from trove_k2hdkc.guestagent import manager
from trove_k2hdkc.tests import guest_case

IMAGE = 'registry:5000/k2hdkc:1.0.19'


class RegistryTest(guest_case.GuestCase):

    def setUp(self):
        super(RegistryTest, self).setUp()
        # Nobody has logged in before, on the machine that runs this test.
        nothing = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(mock.patch.dict(os.environ, HOME=nothing,
                                          DOCKER_CONFIG=nothing))

    def _start_agent(self, registry='registry:5000'):
        for name, value in (('container_registry', registry),
                            ('container_registry_username', 'trove'),
                            ('container_registry_password', 'secret')):
            self.set_option(name, value, 'guest_agent')
        self.manager = manager.Manager()

    def test_the_agent_logs_in_before_it_pulls(self):
        self._start_agent()
        self.prepare_single()
        self.assertEqual(
            [('login', 'registry:5000', 'trove', 'secret'), ('pull', IMAGE)],
            self.engine.log[:2])
        self.assertEqual({IMAGE: 'trove'}, self.engine.pulled_as)

    def test_a_registry_that_is_named_by_its_address(self):
        self._start_agent('https://registry:5000/v1/')
        self.prepare_single()
        self.assertEqual({IMAGE: 'trove'}, self.engine.pulled_as)

    def test_another_registry_does_not_get_the_password(self):
        self._start_agent('registry.example.com')
        self.prepare_single()
        self.assertEqual({IMAGE: None}, self.engine.pulled_as)

    def test_no_registry_is_set(self):
        self.manager = manager.Manager()
        self.prepare_single()
        self.assertEqual([('pull', IMAGE)], self.engine.log[:1])
        self.assertEqual({IMAGE: None}, self.engine.pulled_as)

    def test_an_agent_that_is_refused_does_not_start(self):
        self.engine.login_fault = 'incorrect username or password'
        refusal = self.assertRaises(exception.GuestError, self._start_agent)
        self.assertIn('incorrect username or password', str(refusal))
