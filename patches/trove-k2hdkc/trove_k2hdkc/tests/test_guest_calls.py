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

from trove.common import cfg
from trove.guestagent import api as guest_api

from trove_k2hdkc.cluster import guestagent
from trove_k2hdkc import ring
from trove_k2hdkc.tests import control_case


class GuestCallsTest(control_case.ControlCase):

    def _client(self):
        self.patch(guest_api.API, '__init__', return_value=None)
        client = guestagent.GuestAgentAPI(self.context, 'id')
        client.agent_high_timeout = 180
        client.agent_low_timeout = 15
        return client

    def test_the_token_of_a_ring_is_not_logged(self):
        client = self._client()
        call = self.patch(guest_api.API, '_call')
        overrides = {ring.KEY: {'extdata-url': 'http://k2hr3/secret'}}
        with self.assertNoLogs(level='DEBUG'):
            client.update_overrides(overrides)
        call.assert_called_once_with('update_overrides', 180, version='1.0',
                                     overrides=overrides, remove=False)

    def test_guest_calls(self):
        client = self._client()
        call = self.patch(guest_api.API, '_call')
        for ask, expected in (
            (client.cluster_complete, ('cluster_complete', 180, {})),
            (client.ring_name, ('ring_name', 15, {})),
            (lambda: client.runs_with({'a': 1}),
             ('runs_with', 15, {'overrides': {'a': 1}})),
            (client.needs_restart, ('needs_restart', 15, {})),
            (client.empty_overrides,
             ('update_overrides', 15, {'overrides': {}, 'remove': True})),
            (lambda: client.leave_ring(600),
             ('leave_ring', 615, {'seconds': 600})),
            (lambda: client.settle(600),
             ('settle', 615, {'seconds': 600})),
            (lambda: client.upgrade_and_wait('2'),
             ('upgrade', cfg.CONF.usage_timeout,
              {'upgrade_info': {'datastore_version': '2'}})),
        ):
            ask()
            method, seconds, arguments = expected
            call.assert_called_with(method, seconds, version='1.0',
                                    **arguments)
        self.assertEqual('k2hdkc-ring', ring.KEY)
