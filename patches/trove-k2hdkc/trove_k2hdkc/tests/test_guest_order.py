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

from trove.instance.service_status import ServiceStatuses

from trove_k2hdkc.tests import guest_case


class OrderTest(guest_case.GuestCase):

    def setUp(self):
        super(OrderTest, self).setUp()
        self.heartbeats.side_effect = self._keep

    @staticmethod
    def _keep(status, value, force):
        status.status = value

    def _after(self, seconds):
        self.manager._started -= seconds
        self.manager.give_up_waiting(None)
        return self.heartbeats.call_args_list

    def test_no_order_comes(self):
        self.assertEqual([], self._after(200))
        self.assertEqual([mock.call(self.manager.status,
                                    ServiceStatuses.FAILED, force=True)],
                         self._after(200))

    def test_it_is_looked_at_again_and_again(self):
        self.assertIn('give_up_waiting',
                      [name for name, _ in self.manager._periodic_tasks])

    def test_it_is_said_once(self):
        self._after(400)
        self.manager.give_up_waiting(None)
        self.assertEqual(1, self.heartbeats.call_count)

    def test_one_that_prepares_is_waited_for(self):
        self.manager.status.status = ServiceStatuses.BUILDING
        self.assertEqual([], self._after(4000))

    def test_one_that_is_prepared_has_started_again(self):
        self.enterContext(mock.patch.object(
            type(self.manager.status), 'is_installed', True))
        self.manager._started -= 4000
        self.manager.give_up_waiting(None)
        self.heartbeats.assert_not_called()
