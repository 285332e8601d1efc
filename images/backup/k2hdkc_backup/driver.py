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
import subprocess
import tempfile

from backup.drivers import base
from oslo_config import cfg

from k2hdkc_backup import archive
from k2hdkc_backup import failure
from k2hdkc_backup import settings
from k2hdkc_backup import snapshot

CONF = cfg.CONF


class K2hdkcBackup(base.BaseRunner):
    """Full backup and restore of the keys of one K2HDKC node."""

    def __init__(self, *args, **kwargs):
        self.datadir = CONF.db_datadir or settings.DATA_DIRECTORY
        # The base class is given a storage for a restore only.
        self._snapshot = snapshot.Snapshot(
            self.datadir,
            'restore' if 'storage' in kwargs else kwargs['filename'] or '')
        self.backup_log = os.path.join(tempfile.gettempdir(),
                                       self._snapshot.name + '.log')
        super(K2hdkcBackup, self).__init__(*args, **kwargs)
        self.command = 'tar -czf - -C %s %s' % (self._snapshot.directory,
                                                self._snapshot.file)

    @property
    def manifest(self):
        """Name of the object in the storage."""
        return '%s.tar.gz' % self.filename

    def pre_backup(self):
        self._snapshot.delete_leftovers()
        try:
            self._snapshot.make()
        except BaseException:
            self._snapshot.discard()
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
        """True when tar has ended well.

        :raises Failure: it has not
        """
        try:
            code = self.process.wait(settings.TAR_SECONDS)
        except subprocess.TimeoutExpired:
            raise failure.Failure('tar did not end in %d s'
                                  % settings.TAR_SECONDS)
        if code != 0:
            with open(self.backup_log) as said:
                raise failure.Failure('tar ended with %d: %s'
                                      % (code, said.read().strip()))
        return True

    def post_backup(self):
        self._snapshot.delete()

    def __exit__(self, exc_type, exc_value, traceback):
        # The base class leaves the snapshot there when something has failed.
        finished = False
        try:
            super(K2hdkcBackup, self).__exit__(exc_type, exc_value, traceback)
            finished = exc_type is None
        finally:
            if not finished:
                self._snapshot.discard()
        return finished

    def pre_restore(self):
        self._snapshot.delete_leftovers()

    def run_restore(self):
        return archive.extract(self.storage.load(self.location, self.checksum),
                               self._snapshot.path)

    def post_restore(self):
        self._snapshot.load()
        self._snapshot.delete()

    def restore(self):
        """Load a stored backup into the database.

        :returns: size of the stored archive in bytes
        :raises Failure: it cannot be had, is damaged, or cannot be loaded
        """
        try:
            return super(K2hdkcBackup, self).restore()
        except BaseException:
            self._snapshot.discard()
            raise


class NoIncrementalBackup(base.BaseRunner):
    """What an incremental backup or its restore is answered with."""

    def __init__(self, *args, **kwargs):
        raise failure.Failure('K2HDKC has no incremental backups; make a full '
                              'one.')
