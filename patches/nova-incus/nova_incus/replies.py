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

"""Replies to calls, without a pause of half a second before each.

oslo.messaging looks for a reply, and when it has not come yet, which is the
rule, it sleeps for 0.5 s (since Launchpad bug 2035113). nova-compute calls
nova-conductor a dozen times while it makes a server.
"""

import queue
import time

import oslo_messaging
from oslo_messaging._drivers import amqpdriver
from oslo_utils import timeutils

# Seconds between two looks.
PAUSE = 0.01


class ReplyWaiters(amqpdriver.ReplyWaiters):

    def get(self, msg_id, timeout):
        """Return the reply. Errors: MessagingTimeout after `timeout` s."""
        with timeutils.StopWatch(duration=timeout) as watch:
            while not watch.expired():
                try:
                    return self._queues[msg_id].get(block=False)
                except queue.Empty:
                    time.sleep(PAUSE)
        raise oslo_messaging.MessagingTimeout(
            'No reply to message %s after %s s' % (msg_id, timeout))


def look_often():
    """For all connections that this process makes from now on."""
    amqpdriver.ReplyWaiters = ReplyWaiters
