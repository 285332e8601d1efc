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

"""Runs main.py in forks of a process that has imported the libraries.

Importing them takes a second, and there are many runs. Standard input has
a JSON object for each run: the directory, the arguments and the environment;
standard output has one for each: the exit code and what was printed.
"""

import importlib
import json
import os
import runpy
import signal
import sys
import tempfile

LIBRARIES = ('keystoneauth1.identity.v3', 'keystoneauth1.session',
             'oslo_log.log', 'oslo_utils.importutils', 'swiftclient')
RUN_SECONDS = 60


def run_program(directory, arguments, environment, output):
    """Be the program, in a fork; the exit code is that of the program."""
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    sys.stdout = sys.stderr = os.fdopen(1, 'w', closefd=False)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    sys.argv = ['main.py'] + arguments
    sys.path.insert(0, directory)
    code = 0
    try:
        runpy.run_path('main.py', run_name='__main__')
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == '__main__':
    for library in LIBRARIES:
        importlib.import_module(library)
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryFile() as printed:
            child = os.fork()
            if child == 0:
                run_program(output=printed, **asked)
            # A program that hangs fails its test and not all that follow.
            signal.signal(signal.SIGALRM,
                          lambda *_: os.kill(child, signal.SIGKILL))
            signal.alarm(RUN_SECONDS)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            signal.alarm(0)
            printed.seek(0)
            text = printed.read().decode()
        print(json.dumps([status, text]), flush=True)
