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

"""What must never look like a restore."""

import gzip
import io
import subprocess
import tarfile

import image
import runs


def tar_of(*names, **attributes):
    """A gzipped tar with a member of each name, as a storage keeps it."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode='w:gz') as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            for attribute, value in attributes.items():
                setattr(member, attribute, value)
            content = image.RECORDS.encode() if member.isreg() else b''
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def broken_in_the_middle(data):
    """Bytes of the compressed data changed, so that gzip's sum is wrong."""
    middle = len(data) - 12
    return data[:middle] + bytes([data[middle] ^ 0xff]) + data[middle + 1:]


def of_1_0(*names, **attributes):
    """As k2hdkc_dbaas_trove 1.0 stored it, which compressed it twice."""
    return gzip.compress(tar_of(*names, **attributes))


GOOD = tar_of('trove-1.k2har')
FILE_OF_1_0 = ('/var/lib/antpickax/k2hdkc/snapshots/trovebackup/'
               'trovebackup.k2har')


class RestoreTest(runs.RunTestCase):

    def _assert_restored(self, data):
        code, lines = self.restore(data)
        self.assertEqual(0, code, lines)
        self.assertRegex(lines[-1], 'Restore successfully, restore_size: %d$'
                         % len(data))
        self.assertEqual(image.RECORDS, self.database.read_text())
        self.assert_no_snapshot()

    def test_what_is_no_archive_of_this_driver(self):
        archives = {
            'damaged': b'no gzip at all',
            'is damaged.*ended before': GOOD[:-9],
            'damaged: ': broken_in_the_middle(GOOD),
            'has no file': tar_of(),
            'more than one': tar_of('a.k2har', 'b.k2har'),
            "'/etc/a.k2har'": tar_of('/etc/a.k2har'),
            "'../a.k2har'": tar_of('../a.k2har'),
            "'x/../../a.k2har'": tar_of('x/../../a.k2har'),
            "'passwd'": tar_of('passwd'),
            'not a regular': tar_of('a.k2har', type=tarfile.SYMTYPE,
                                    linkname='/etc/passwd'),
            'no path that ends in /snap': of_1_0('/etc/passwd'),
            "/trovebackup.k2har' in it, which is not a": of_1_0(
                FILE_OF_1_0, type=tarfile.SYMTYPE, linkname='/etc/passwd'),
            'more than one file': of_1_0(FILE_OF_1_0, FILE_OF_1_0),
            'no file in it': of_1_0(FILE_OF_1_0, type=tarfile.DIRTYPE),
            'archive is damaged': gzip.compress(tar_of(FILE_OF_1_0)[:-9]),
            'stored archive is damaged': broken_in_the_middle(
                of_1_0(FILE_OF_1_0)),
            'a regular file': tar_of('a.k2har', type=tarfile.DIRTYPE),
        }
        self.database.unlink()
        before = sorted(self.work.rglob('*'))
        for pattern, data in archives.items():
            with self.subTest(pattern):
                self.assert_failed(self.restore(data), pattern)
                self.assertFalse(self.database.exists())
                found = {path for path in self.work.rglob('*')
                         if path.name != 'snapshots'}
                self.assertEqual(set(before), found)

    def test_another_checksum_than_the_one_that_was_noted(self):
        self.assert_failed(self.restore(GOOD, checksum='0' * 32),
                           'Checksum validation failure')

    def test_the_archive_cannot_be_loaded(self):
        self.database.unlink()
        self.put_program('k2hlinetool', 'echo "[ERR] broken" >&2\n')
        self.assert_failed(self.restore(GOOD), 'restore ended with 1: ')
        self.assertFalse(self.database.exists())

    def test_loading_takes_too_long(self):
        self.put_program('k2hlinetool', runs.HANGS)
        self.assert_failed(self.restore(GOOD,
                                        K2HDKC_BACKUP_COMMAND_SECONDS='1'),
                           'restore was not done after 1 s')
        self.assert_gone('pid')

    def test_it_can_be_repeated(self):
        self.database.unlink()
        leftover = self.data / 'snapshots' / 'trove-restore'
        leftover.mkdir(parents=True)
        (leftover / 'trove-restore.k2har').write_text('of before')
        (leftover / '.partial').write_text('half of it')
        self._assert_restored(GOOD)

    def test_an_incremental_one_is_refused(self):
        # Swift keeps with the object what the metadata of a backup were.
        outcome = self.restore(
            GOOD, metadata={'X-Object-Meta-Parent-Location': 'x'})
        self.assert_failed(outcome, 'K2HDKC has no incremental backups')

    def test_one_that_k2hdkc_dbaas_trove_1_0_made(self):
        # As its driver did: tar with -z and the whole path, and gzip.
        snapshot = self.work / 'of-1.0' / 'snapshots' / 'trovebackup'
        snapshot.mkdir(parents=True)
        (snapshot / 'trovebackup.k2har').write_text(image.RECORDS)
        tar = subprocess.run(['tar', '-zcpPf', '-', str(snapshot)],
                             stdout=subprocess.PIPE, check=True)
        self.database.unlink()
        stored = subprocess.run(['gzip', '-c'], input=tar.stdout,
                                stdout=subprocess.PIPE, check=True).stdout
        self._assert_restored(stored)
