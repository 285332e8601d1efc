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

"""What must never look like a backup."""

import signal
import sys
import time

import fake_swift
import image
import runs


class BackupTest(runs.RunTestCase):

    def test_the_snapshot_cannot_be_made(self):
        self.put_program('k2hlinetool', 'echo "[ERR] broken" >&2\n')
        self.assert_failed(self.backup(), 'backup ended with 1: .*The backup '
                                          'to .* failed')
        self.assertEqual([], self.swift('GET'))

    def test_the_snapshot_takes_too_long(self):
        self.put_program('k2hlinetool', runs.HANGS)
        self.assert_failed(self.backup(K2HDKC_BACKUP_COMMAND_SECONDS='1'),
                           'backup was not done after 1 s')
        self.assert_gone('pid')

    def test_tar_fails_after_it_has_written(self):
        self.put_program('tar', 'echo some bytes; echo no space >&2; exit 2')
        self.assert_failed(self.backup(), 'tar ended with 2: no space')
        self.assertNotIn(runs.OBJECT, self.swift('GET'))

    def test_swift_refuses(self):
        self.assert_failed(self.backup('refused'), '403')

    def test_swift_counts_another_checksum(self):
        self.assert_failed(self.backup('miscounting'), 'ETAG: 0{32}')

    def test_swift_does_not_answer(self):
        self.assert_failed(self.backup('hanging', K2HDKC_BACKUP_SECONDS='2'),
                           'not done after 2 s')

    def test_the_snapshot_cannot_be_deleted(self):
        self.put_program('rm', '''
            case $* in *.k2har) exit 1 ;; esac
            exec /bin/rm "$@"''')
        code, lines = self.backup()
        self.assertEqual(1, code)
        self.assertRegex(lines[-1], '^Failed: .*delete ended with 1')
        self.assertNotIn(' successfully', ''.join(lines))

        (self.programs / 'rm').unlink()
        code, lines = self.backup()
        self.assertEqual(0, code, lines)
        self.assert_no_snapshot()

    def test_snapshots_of_others_are_left_alone(self):
        other = self.data / 'snapshots' / 'trovebackup'
        other.mkdir(parents=True)
        code, lines = self.backup()
        self.assertEqual(0, code, lines)
        self.assertTrue(other.is_dir())

    def test_an_incremental_one_is_refused(self):
        self.swift('PUT', runs.OBJECT, b'of before')
        location = '%s/%s' % (self.swift_url, runs.OBJECT)
        outcome = self.backup(more=['--incremental', '--parent-checksum=',
                                    '--parent-location=' + location])
        self.assert_failed(outcome, 'K2HDKC has no incremental backups')

    def test_wrong_settings(self):
        for value in ('0', '-1', 'soon', '1000000'):
            with self.subTest(value):
                self.assert_failed(self.backup(K2HDKC_BACKUP_SECONDS=value),
                                   'K2HDKC_BACKUP_SECONDS is')
        for directory in ('data', '/a b'):
            with self.subTest(directory):
                self.assert_failed(
                    self.backup(more=['--db-datadir=' + directory]),
                    'must be an absolute path')

    def test_an_id_that_leads_out_of_the_snapshots(self):
        self.assert_failed(self.backup(more=['--backup-id=../../x']),
                           'The id of the backup')

    def test_a_driver_that_is_not_in_the_image(self):
        code, lines = self.backup(more=['--driver=innobackupex'])
        self.assertEqual(1, code)
        self.assertRegex(lines[-1], '--driver.*innobackupex')

    def test_an_option_that_does_not_exist(self):
        wrong = '--os-totem=' + fake_swift.TOKEN
        code, lines = self.backup(more=[wrong])
        self.assertEqual(2, code)
        self.assertIn('unrecognized arguments: --os-totem=***', lines[-1])

    def test_programs_do_not_get_the_token(self):
        self.put_program('k2hlinetool', 'env >"$TMPDIR/given"; exit 1\n')
        self.assert_failed(self.backup(OS_TOKEN=fake_swift.TOKEN),
                           'backup ended with 1')
        self.assertNotIn(fake_swift.TOKEN,
                         (self.work / 'given').read_text())

    def test_a_token_of_the_environment_is_not_shown(self):
        wrong = '--os-totem=' + fake_swift.TOKEN
        code, lines = self.run_main([wrong], OS_TOKEN=fake_swift.TOKEN)
        self.assertEqual(2, code)
        self.assertIn('unrecognized arguments: --os-totem=***', lines[-1])

    def test_the_container_is_stopped(self):
        self.put_program('k2hlinetool', runs.HANGS)
        process = self.start([sys.executable, 'main.py'] + self.arguments(
            '--backup', '--backup-id=' + image.BACKUP_ID))
        while not (self.work / 'pid').exists():
            self.assertIsNone(process.poll())
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=30)[0]
        self.assert_failed((process.returncode, self.lines_of(output)),
                           'ended from outside')
        self.assert_gone('pid')
