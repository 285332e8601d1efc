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

"""What the guest agent must still know after a restart or a rebuild.

It is kept on the data volume, readable for root alone, because there is a
token in it. rebuild() and upgrade() of Trove do not send it again.
"""

import json
import os.path
import tempfile
import threading

from oslo_concurrency import processutils

from trove.common import exception
from trove.common import utils

from trove_k2hdkc import parameters
from trove_k2hdkc import ring

FILE = '.trove-k2hdkc.json'

# What the container trusts K2HR3 by, beside it: the node has the volume.
AUTHORITY_FILE = '.k2hr3-ca.pem'


def _as_root(*argv):
    return utils.execute_with_timeout(*argv, run_as_root=True,
                                      root_helper='sudo')


class Store(object):
    """Template, overrides, ring and datastore version of the instance.

    The overrides that K2HR3 was told of with the ring are in force, until a
    ring comes with others: the node must go with its configuration there.

    Also the backup that is being made: an agent that ends amid it finds it
    when it is started again.
    """

    def __init__(self, directory):
        # A backup is made beside other tasks.
        self._lock = threading.Lock()
        self.path = os.path.join(directory, FILE)
        self._authority = os.path.join(directory, AUTHORITY_FILE)

    def update(self, **parts):
        """Replace parts.

        They are template, overrides, in_force, ring, version, replicas and
        backup.
        """
        if parts.get('ring'):
            if parts['ring'].authority:
                self._install(parts['ring'].authority, self._authority, '644')
            parts['ring'] = ring.packed(parts['ring'])
        with self._lock:
            self._install(json.dumps(dict(self._read(), **parts)), self.path,
                          '600')

    def parameters(self):
        """Return the parameters that hold.

        :raises UnprocessableEntity: K2HDKC cannot be run with them
        """
        content = self._prepared()
        return parameters.effective(content['template'], content['in_force'])

    def parameters_with(self, overrides):
        """Return those that would hold with other overrides.

        :raises UnprocessableEntity: K2HDKC could not be run with them
        """
        return parameters.effective(self._prepared()['template'], overrides)

    def runs_with(self, overrides):
        """Tell whether these overrides, and no others, are in force."""
        return self._are_in_force(self._prepared(), overrides)

    def needs_restart(self):
        """Tell whether there are overrides that are not in force."""
        content = self._prepared()
        return not self._are_in_force(content, content['overrides'])

    @staticmethod
    def _are_in_force(content, overrides):
        held, asked = (parameters.merged(content['template'], each)
                       for each in (content['in_force'], overrides))
        return held == asked

    def queue_limit(self):
        """Return the limit of queues that the node may need.

        What is not in force here K2HR3 may be told of for another node.
        """
        content = self._prepared()
        return max(parameters.queue_limit(parameters.merged(
            content['template'], content[part]))
            for part in ('in_force', 'overrides'))

    def ring(self):
        """Return the Ring, None when the instance was told of none."""
        return ring.unpacked(self._read().get('ring'))

    def version(self):
        """Return the datastore version that was started last, or None."""
        return self._read().get('version')

    def replicas(self):
        """Return the least chmpx-replica that the node has run with, or None.

        A value that is raised makes no copies of the keys that are there.
        """
        return self._read().get('replicas')

    def backup(self):
        """Return what was stored of the backup that is made, or None."""
        return self._read().get('backup')

    def _prepared(self):
        content = self._read()
        if not content.get('template'):
            raise exception.TroveError(
                'There is no configuration in %s. It is written when the '
                'instance is prepared; is the data volume mounted?'
                % self.path)
        return content

    def _read(self):
        try:
            content, _ = _as_root('cat', self.path)
        except processutils.ProcessExecutionError:
            # The first call of prepare. Whoever needs a part that is not
            # there says so.
            return {}
        parts = json.loads(content)
        # Agents of before did not tell the two apart.
        parts.setdefault('in_force', parts.get('overrides'))
        return parts

    @staticmethod
    def _install(text, path, mode):
        with tempfile.NamedTemporaryFile('w') as new:
            new.write(text)
            new.flush()
            _as_root('install', '-m', mode, new.name, path + '.new')
        _as_root('mv', '-f', path + '.new', path)
