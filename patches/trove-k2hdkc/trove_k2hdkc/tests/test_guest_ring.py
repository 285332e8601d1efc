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

import docker

from trove.common import exception

from trove_k2hdkc import ring
from trove_k2hdkc.tests import guest_case


class RingTest(guest_case.GuestCase):

    def setUp(self):
        super(RingTest, self).setUp()
        self.prepare_single()

    def test_what_takes_time_is_asked_of_the_entrypoint(self):
        for ask, word in ((self.manager.leave_ring, 'stop'),
                          (self.manager.settle, 'settle')):
            ask(None, 600)
            self.assertEqual(['/usr/libexec/k2hdkctrove.sh', word, '600'],
                             self.running().executed.pop())
            self.assertEqual([], self.running().executed)
            self.assertEqual(mock.call(timeout=630), self.from_env.call_args)

    def test_a_node_that_cannot_leave_says_why(self):
        self.running().exec_result = (1, b'first\nthe ring is busy\n')
        refusal = self.assertRaises(exception.TroveError,
                                    self.manager.leave_ring, None, 600)
        self.assertIn('first | the ring is busy', str(refusal))

    def test_a_node_that_does_not_run_has_left(self):
        self.running().status = 'exited'
        self.manager.leave_ring(None, 600)
        self.assertEqual([], self.running().executed)

    def test_a_ring_that_does_not_settle(self):
        self.running().exec_result = (1, b'still at work after 600 s\n')
        refusal = self.assertRaises(exception.TroveError,
                                    self.manager.settle, None, 600)
        self.assertIn('has not settled: still at work', str(refusal))
        with mock.patch.object(self.running(), 'exec_run',
                               side_effect=docker.errors.APIError('ended')):
            refusal = self.assertRaises(exception.TroveError,
                                        self.manager.settle, None, 600)
        self.assertIn('has not settled: ended', str(refusal))
        self.engine.made.clear()
        refusal = self.assertRaises(exception.TroveError,
                                    self.manager.settle, None, 600)
        self.assertIn('there is no container', str(refusal))

    def test_the_token_is_not_logged(self):
        with self.assertLogs(level='DEBUG') as logged:
            self.manager.update_overrides(None, {
                'http_proxy': 'http://user:pass@proxy',
                ring.KEY: ring.packed(guest_case.RING)})
        self.assertNotIn('secret', str(logged.output))
        self.assertNotIn('pass', str(logged.output))
        self.assertIn('configuration group: http_proxy', str(logged.output))

    def _restart_with(self, **values):
        self.manager.update_overrides(None, {
            **{name.replace('_', '-'): value
               for name, value in values.items()},
            ring.KEY: ring.packed(guest_case.RING)})
        self.manager.restart(None)

    def test_copies_that_there_surely_are(self):
        self.assertEqual(2, self.manager.replicas(None))
        for value, told in ((1, 1), (5, 1), (0, 0)):
            self._restart_with(chmpx_replica=value)
            self.assertEqual(told, self.manager.replicas(None))

    def test_runs_with(self):
        self._restart_with(chmpx_replica=1)
        self.manager.update_overrides(None, {'chmpx-replica': 5})
        for overrides, told in (({'chmpx-replica': 1}, True),
                                ({'chmpx-replica': 5}, False),
                                ({}, False)):
            self.assertIs(told, self.manager.runs_with(None, overrides))

    def test_running_version(self):
        self.assertEqual('1.0.19', self.manager.running_version(None))

    def test_ring_name(self):
        self.assertEqual('ring1', self.manager.ring_name(None))
