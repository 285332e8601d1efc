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

"""An end to everything: Trove's program waits for the network for ever."""

import signal


class Interruption(BaseException):
    """The time is over, or the container is being stopped.

    No Exception: libraries catch those, log them, or try again.
    """


def start(seconds):
    """Raise an Interruption in the main thread after `seconds`, or on TERM.
    """
    def expired(number, frame):
        raise Interruption('It was not done after %d s.' % seconds)

    def ended(number, frame):
        raise Interruption('It was ended from outside.')

    signal.signal(signal.SIGALRM, expired)
    signal.signal(signal.SIGTERM, ended)
    signal.alarm(seconds)


def stop():
    """Let nothing interrupt any more."""
    signal.alarm(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
