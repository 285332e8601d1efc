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

import threading
from unittest import mock

import oslo_messaging
from oslo_messaging._drivers import amqpdriver
import testtools

from nova_incus import replies


class RepliesTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        patcher = mock.patch.object(amqpdriver, 'ReplyWaiters',
                                    amqpdriver.ReplyWaiters)
        patcher.start()
        self.addCleanup(patcher.stop)
        replies.look_often()

    def waiters(self):
        """What a connection looks for replies in; none comes by it."""
        nothing = threading.Event()
        connection = mock.Mock(consume=lambda timeout: nothing.wait(0.01))
        waiter = amqpdriver.ReplyWaiter('reply', connection, [])
        self.addCleanup(waiter.stop)
        waiter.listen('call')
        return waiter.waiters

    def test_a_reply_is_taken_at_the_look_after_it_came(self):
        waiters = self.waiters()
        with mock.patch.object(replies.time, 'sleep') as sleep:
            sleep.side_effect = lambda pause: waiters.put('call', 'done')
            self.assertEqual('done', waiters.get('call', 60))
        sleep.assert_called_once_with(replies.PAUSE)

    def test_without_a_reply_it_ends_in_time(self):
        self.assertRaises(oslo_messaging.MessagingTimeout,
                          self.waiters().get, 'call', 0.05)
