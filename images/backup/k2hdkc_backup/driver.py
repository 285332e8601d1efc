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

"""The driver: what Trove's backup program asks of a datastore.

K2HDKC makes and loads its archives by the entrypoint of the database image,
on which this image is built. Between it and the storage goes a gzipped tar
with one file in it, so that another file can be added later.
"""

import os
import re
import subprocess
import tempfile

from backup.drivers import base
from oslo_config import cfg
from oslo_log import log as logging

from k2hdkc_backup import archive
from k2hdkc_backup import command
from k2hdkc_backup import failure
from k2hdkc_backup import settings

CONF = cfg.CONF
LOG = logging.getLogger(__name__)

# Snapshots of this driver begin so; others are somebody else's.
PREFIX = 'trove-'


def _data_directory():
    """The data directory, fit for a command that the base class splits."""
    directory = CONF.db_datadir or settings.DATA_DIRECTORY
    if not re.fullmatch(r'/[A-Za-z0-9._/-]+', directory):
        raise failure.Failure(
            "The data directory '%s' must be an absolute path of letters, "
            "digits, dot, underscore and hyphen." % directory)
    return directory


def _snapshot_name(backup_id):
    if not re.fullmatch(r'[A-Za-z0-9][A-Za-z0-9._-]*', backup_id or ''):
        raise failure.Failure("The id of the backup is '%s'; it may have "
                              "letters, digits, dot, underscore and hyphen."
                              % (backup_id or ''))
    return PREFIX + backup_id


class K2hdkcBackup(base.BaseRunner):
    """Full backup and restore of the keys of one K2HDKC node."""

    def __init__(self, *args, **kwargs):
        self.datadir = _data_directory()
        self._snapshots = os.path.join(self.datadir, 'snapshots')
        # The base class is given a storage for a restore only.
        self._snapshot = (PREFIX + 'restore' if 'storage' in kwargs
                          else _snapshot_name(kwargs.get('filename')))
        self._archive = self._snapshot + archive.SUFFIX
        self.backup_log = os.path.join(tempfile.gettempdir(),
                                       self._snapshot + '.log')
        super(K2hdkcBackup, self).__init__(*args, **kwargs)
        self.command = 'tar -czf - -C %s %s' % (
            os.path.join(self._snapshots, self._snapshot), self._archive)

    @property
    def manifest(self):
        """Name of the object in the storage."""
        return '%s.tar.gz' % self.filename

    def _entrypoint(self, name, snapshot, seconds):
        command.run([settings.ENTRYPOINT, name, self.datadir, snapshot],
                    seconds, {'K2HDKCTROVE_DATA_DIR': self.datadir})

    def _delete(self, snapshot):
        self._entrypoint('delete', snapshot, settings.DELETE_SECONDS)

    def _discard(self):
        """Delete the snapshot of a run that has failed for another reason."""
        try:
            self._delete(self._snapshot)
        except failure.Failure as error:
            LOG.warning('%s', error)

    def _delete_leftovers(self):
        """Delete what runs have left that were killed.

        No other one is running: the guest agent ends the container of an
        earlier backup before it starts one.
        """
        if not os.path.isdir(self._snapshots):
            return
        for name in sorted(os.listdir(self._snapshots)):
            if name.startswith(PREFIX):
                LOG.warning('Deleting snapshot %s of a run that did not end.',
                            name)
                self._delete(name)

    def pre_backup(self):
        self._delete_leftovers()
        try:
            self._entrypoint('backup', self._snapshot,
                             settings.command_seconds())
        except BaseException:
            self._discard()
            raise

    def read(self, chunk_size):
        """Bytes of the archive, none at its end.

        :raises Failure: at the end, when tar has failed. The storage then
                         never gets to store the object under its name.
        """
        data = super(K2hdkcBackup, self).read(chunk_size)
        if not data:
            self.check_process()
        return data

    def check_process(self):
        try:
            code = self.process.wait(settings.TAR_SECONDS)
        except subprocess.TimeoutExpired:
            raise failure.Failure('tar does not end')
        if code != 0:
            with open(self.backup_log) as said:
                raise failure.Failure('tar ended with %d: %s'
                                      % (code, said.read().strip()))
        return True

    def post_backup(self):
        self._delete(self._snapshot)

    def __exit__(self, exc_type, exc_value, traceback):
        # The base class leaves the snapshot there when something has failed.
        finished = False
        try:
            super(K2hdkcBackup, self).__exit__(exc_type, exc_value, traceback)
            finished = exc_type is None
        finally:
            if not finished:
                self._discard()
        return finished

    def pre_restore(self):
        self._delete_leftovers()

    def run_restore(self):
        return archive.extract(
            self.storage.load(self.location, self.checksum),
            os.path.join(self._snapshots, self._snapshot, self._archive))

    def post_restore(self):
        self._entrypoint('restore', self._snapshot,
                         settings.command_seconds())
        self._delete(self._snapshot)

    def restore(self):
        """Load a stored backup into the database.

        :returns: size of the stored archive in bytes
        :raises Failure: it cannot be had, is damaged, or cannot be loaded
        """
        try:
            return super(K2hdkcBackup, self).restore()
        except BaseException:
            self._discard()
            raise


class NoIncrementalBackup(base.BaseRunner):
    """What an incremental backup or its restore is answered with."""

    def __init__(self, *args, **kwargs):
        raise failure.Failure('K2HDKC has no incremental backups; make a full '
                              'one.')
