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

"""Commands as root, by rootwrap where nova-compute is not root."""

from oslo_concurrency import processutils

from nova import utils

# Seconds after which a command counts as hung.
TIMEOUT = 60


def run_as_root(*argv):
    """Return standard output. Errors: ProcessExecutionError."""
    output, _ = processutils.execute(
        *argv, run_as_root=True, root_helper=utils.get_root_helper(),
        timeout=TIMEOUT)
    return output
