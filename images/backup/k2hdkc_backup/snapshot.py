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

"""Archives of the database, which the entrypoint makes and loads."""

import os
import re

from oslo_log import log as logging

from k2hdkc_backup import archive
from k2hdkc_backup import command
from k2hdkc_backup import failure
from k2hdkc_backup import settings

LOG = logging.getLogger(__name__)

# Snapshots of this driver begin so; others are somebody else's.
PREFIX = 'trove-'


class Snapshot(object):
    """One snapshot below a data directory, there or not.

    :param data_directory: absolute path of letters, digits, dot, underscore
                           and hyphen: the base class splits commands at
                           blanks
    :param suffix: what its name is after the prefix, of the same letters
    :raises Failure: one of them is not as told
    """

    def __init__(self, data_directory, suffix):
        if not re.fullmatch(r'/[A-Za-z0-9._/-]+', data_directory):
            raise failure.Failure(
                "The data directory '%s' must be an absolute path of letters, "
                "digits, dot, underscore and hyphen." % data_directory)
        if not re.fullmatch(r'[A-Za-z0-9._-]+', suffix):
            raise failure.Failure(
                "The id of the backup is '%s'; it may have letters, digits, "
                "dot, underscore and hyphen." % suffix)
        self._data_directory = data_directory
        self._all = os.path.join(data_directory, 'snapshots')
        self.name = PREFIX + suffix
        self.directory = os.path.join(self._all, self.name)
        self.file = self.name + archive.SUFFIX
        self.path = os.path.join(self.directory, self.file)

    def _entrypoint(self, word, name, seconds):
        command.run([settings.ENTRYPOINT, word, self._data_directory, name],
                    seconds, {'K2HDKCTROVE_DATA_DIR': self._data_directory})

    def make(self):
        self._entrypoint('backup', self.name, settings.command_seconds())

    def load(self):
        self._entrypoint('restore', self.name, settings.command_seconds())

    def delete(self):
        self._entrypoint('delete', self.name, settings.DELETE_SECONDS)

    def discard(self):
        """Delete it when something else has failed, which is to be told."""
        try:
            self.delete()
        except failure.Failure as error:
            LOG.warning('%s', error)

    def delete_leftovers(self):
        """Delete what runs have left that were killed.

        No other one is running: the guest agent ends the container of an
        earlier backup before it starts one.
        """
        if not os.path.isdir(self._all):
            return
        for name in sorted(os.listdir(self._all)):
            if name.startswith(PREFIX):
                LOG.warning('Deleting snapshot %s of a run that did not end.',
                            name)
                self._entrypoint('delete', name, settings.DELETE_SECONDS)
