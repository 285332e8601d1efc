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

"""Sparse files below one directory, each there as a whole or not at all.

A file is made under another name, which ends in .partial, and gets its own by
rename. What a crash leaves has such a name.
"""

import collections
import contextlib
import os

from oslo_concurrency import processutils

from cinder_file import errors

PARTIAL = '.partial'

# Bytes: what files could grow to, what they take now, what is left.
Usage = collections.namedtuple('Usage', 'provisioned allocated free')


class VolumeFiles:

    def __init__(self, directory, run):
        """`run` executes a command; it ends when this process does."""
        self.directory = directory
        self.run = run

    def path(self, name):
        return os.path.join(self.directory, name)

    @contextlib.contextmanager
    def scratch(self, name):
        """Path of an empty file that goes away at the end."""
        path = self.path(name) + PARTIAL
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            yield path
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)

    @contextlib.contextmanager
    def making(self, name, size):
        """Path of an empty file that becomes `name`, of `size` bytes.

        Nothing is left of it when what fills it fails.
        """
        with self.scratch(name) as path:
            yield path
            os.truncate(path, size)
            # A program of its own: in this process all else would wait.
            self.run('sync', path)
            os.rename(path, self.path(name))
            self.run('sync', self.directory)

    def create(self, name, size):
        with self.making(name, size):
            pass

    def copy(self, source, name, size, in_use=False):
        """Make `name` of `source`, with the blocks shared if possible.

        One that is written to meanwhile can only be copied in one go, with
        all blocks shared. Errors: CopyInUseError.
        """
        how = ('always', 'auto') if in_use else ('auto', 'always')
        with self.making(name, size) as path:
            try:
                self.run('cp', '--reflink=%s' % how[0], '--sparse=%s' % how[1],
                         self.path(source), path)
            except processutils.ProcessExecutionError as error:
                if in_use:
                    raise errors.CopyInUseError(
                        name=source, directory=self.directory,
                        reason=error.stderr.strip())
                raise

    def extend(self, name, size):
        os.truncate(self.path(name), size)

    def remove(self, name):
        """Repeatable."""
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path(name))

    def remove_partial(self):
        """Remove what was being made when a process ended."""
        names = [name for name in os.listdir(self.directory)
                 if name.endswith(PARTIAL)]
        for name in names:
            self.remove(name)
        return names

    def usage(self):
        provisioned = allocated = 0
        with os.scandir(self.directory) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    status = entry.stat()
                    provisioned += status.st_size
                    allocated += status.st_blocks * 512
        there = os.statvfs(self.directory)
        return Usage(provisioned, allocated, there.f_bavail * there.f_frsize)
