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

"""Commands that end in time."""

import os
import signal
import subprocess
import tempfile

from oslo_log import log as logging

from k2hdkc_backup import failure

LOG = logging.getLogger(__name__)

# Between TERM and KILL.
GRACE_SECONDS = 5


def _signal_group(process, number):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _end(process):
    """End a process and all it started, unless it has ended by itself."""
    if process.poll() is not None:
        return
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    # Also when it heeded TERM: something it started may not have.
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else 'it said nothing'


def run(argv, seconds, environment):
    """Run a command and log what it says.

    :param argv: the program and its arguments
    :param seconds: how long it may take; then it is ended
    :param environment: dict of variables, set besides those of this process
    :raises Failure: it could not be started, ended with another code than 0,
                     or took too long
    """
    what = ' '.join(argv[:2])
    # A file and not a pipe: what outlives the command could hold a pipe open.
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=said,
                stderr=subprocess.STDOUT, start_new_session=True,
                env=dict(os.environ, **environment))
        except OSError as error:
            raise failure.Failure('%s could not be started: %s'
                                  % (what, error))
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise failure.Failure('%s was not done after %d s and was ended'
                                  % (what, seconds))
        finally:
            _end(process)
        said.seek(0)
        text = said.read().decode(errors='replace').strip()
    LOG.info('%s ended with %d: %s', what, code, text)
    if code != 0:
        raise failure.Failure('%s ended with %d: %s'
                              % (what, code, _last_line(text)))
