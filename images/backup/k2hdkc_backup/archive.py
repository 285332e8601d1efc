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

"""Reading what a backup has stored: a gzipped tar with one file in it.

The driver of k2hdkc_dbaas_trove 1.0 stored something else, which is read too:
tar was told to compress and Trove compressed it again, and the tar has the
directory of the snapshot by its full path.
"""

import gzip
import io
import os
import shutil
import tarfile
import zlib

from k2hdkc_backup import failure

SUFFIX = '.k2har'
COPY_BYTES = 2 ** 20
GZIP_MAGIC = b'\x1f\x8b'
# How the path of the file ends in what k2hdkc_dbaas_trove 1.0 stored.
FILE_OF_1_0 = '/snapshots/trovebackup/trovebackup.k2har'


class Chunks(io.RawIOBase):
    """A file over the chunks of bytes that a storage hands out."""

    def __init__(self, chunks):
        super(Chunks, self).__init__()
        self._chunks = iter(chunks)
        self._rest = memoryview(b'')
        # Bytes that came from the storage so far.
        self.count = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self.count += len(chunk)
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _refuse(name, what):
    raise failure.Failure("The stored archive has '%s' in it, which is %s. It "
                          "was not made by a driver of K2HDKC." % (name, what))


def _is_file(member):
    """Whether it is the file, in an archive of this driver."""
    if '/' in member.name or not member.name.endswith(SUFFIX):
        _refuse(member.name, 'no plain name that ends in %s' % SUFFIX)
    if not member.isreg():
        _refuse(member.name, 'not a regular file')
    return True


def _is_file_of_1_0(member):
    """The same, in an archive of k2hdkc_dbaas_trove 1.0."""
    if member.isdir():
        return False
    if not member.name.endswith(FILE_OF_1_0):
        _refuse(member.name, 'no path that ends in %s' % FILE_OF_1_0)
    if not member.isreg():
        _refuse(member.name, 'not a regular file')
    return True


def _copy_only_file(tar, target, is_file):
    found = False
    with tarfile.open(fileobj=tar, mode='r|') as archive:
        for member in archive:
            if found:
                raise failure.Failure('The stored archive has more than one '
                                      'file in it.')
            found = is_file(member)
            if found:
                shutil.copyfileobj(archive.extractfile(member), target,
                                   COPY_BYTES)
    if not found:
        raise failure.Failure('The stored archive has no file in it.')
    _read_to_end(tar)


def _read_to_end(plain):
    # gzip compares its checksum only at its end.
    while plain.read(COPY_BYTES):
        pass


def _copy(plain, target):
    if plain.peek(len(GZIP_MAGIC))[:len(GZIP_MAGIC)] != GZIP_MAGIC:
        _copy_only_file(plain, target, _is_file)
        return
    with gzip.GzipFile(fileobj=plain, mode='rb') as tar:
        _copy_only_file(tar, target, _is_file_of_1_0)
    _read_to_end(plain)


def extract(chunks, path):
    """Write the one file of a stored archive to `path`.

    The name in the archive decides nothing: it is only looked at to refuse
    what this driver has not made. `path` is there when the file is whole.

    :param chunks: iterable of bytes, the gzipped tar, or one gzipped twice
    :param path: absolute path below the data directory; directories are made
    :returns: size of what was read from `chunks`, in bytes
    :raises Failure: the archive is damaged, or not one of this driver
    :raises OSError: `path` cannot be written
    """
    source = Chunks(chunks)
    partial = os.path.join(os.path.dirname(path), '.partial')
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(partial, 'wb') as target:
        os.fchmod(target.fileno(), 0o600)
        try:
            with gzip.GzipFile(fileobj=io.BufferedReader(source)) as plain:
                _copy(plain, target)
        except (tarfile.TarError, gzip.BadGzipFile, zlib.error,
                EOFError) as error:
            raise failure.Failure('The stored archive is damaged: %s' % error)
        target.flush()
        os.fsync(target.fileno())
    os.rename(partial, path)
    return source.count
