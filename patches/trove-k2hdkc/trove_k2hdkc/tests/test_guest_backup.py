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

from unittest import mock

import docker
import requests

from trove.backup.state import BackupState
from trove.common import cfg
from trove.common import context as trove_context
from trove.common import exception
from trove.common import notification
from trove.conductor import api as conductor_api

from trove_k2hdkc.guestagent import backup
from trove_k2hdkc.guestagent import manager
from trove_k2hdkc import ring
from trove_k2hdkc.tests import guest_case

CONF = cfg.CONF

CREATED = (b'some line\nBackup successfully, checksum: abc, '
           b'location: http://swift/c/b.tar.gz\n')


class BackupCase(guest_case.GuestCase):

    def setUp(self):
        super(BackupCase, self).setUp()
        self.prepare_single()
        self.context = trove_context.TroveContext(
            auth_token='the-token', project_id='the-project')
        self.context.notification = notification.DBaaSBackupCreate(
            self.context, request_id='the-request', server_type='guest',
            instance_id='cluster-of-the-guest')
        self.set_option('guest_id', 'the-guest', None)
        self.conductor = self.enterContext(mock.patch.object(
            conductor_api, 'API', autospec=True))
        self.update = self.conductor.return_value.update_backup
        self.set_option('auth_url', 'http://keystone/v3',
                        'service_credentials')
        self.set_option('region_name', 'RegionTwo', 'service_credentials')
        self.info = {'id': 'b', 'datastore': 'k2hdkc',
                     'datastore_version': '1.0.19',
                     'storage_driver': 'swift',
                     'location': 'http://swift/c/b.tar.gz',
                     'checksum': 'abc'}

    def _command(self):
        return self._run()[3]

    def _options(self):
        return self._run()[4]

    def _run(self):
        return next(entry for entry in self.engine.log if entry[0] == 'run')

    def _reported(self):
        return [call[1]['state'] for call in self.update.call_args_list]


class CreateTest(BackupCase):

    def _create(self):
        self.manager.create_backup(self.context, self.info)

    def test_what_the_conductor_is_told(self):
        self.engine.results['db_backup'] = (0, CREATED)
        self._create()
        self.assertEqual([BackupState.BUILDING, BackupState.COMPLETED],
                         self._reported())
        told = self.update.call_args[1]
        self.assertEqual(
            ('b', 'abc', 'http://swift/c/b.tar.gz', True, 'full'),
            (told['backup_id'], told['checksum'], told['location'],
             told['success'], told['backup_type']))

    def test_how_the_image_is_run(self):
        self.engine.results['db_backup'] = (0, CREATED)
        self._create()
        _, name, image, command, options = self._run()
        self.assertEqual(('db_backup', 'registry:5000/backup:1.0.19'),
                         (name, image))
        self.assertEqual([
            'python3', 'main.py', '--storage-driver=swift',
            '--driver=k2hdkc', '--os-auth-url=http://keystone/v3',
            '--os-tenant-id=the-project', '--os-region-name=RegionTwo',
            '--backup', '--backup-id=b',
            '--swift-extra-metadata='
            'datastore:k2hdkc,datastore_version:1.0.19',
            '--swift-container=k2hdkc_backups'], command)
        self.assertEqual({'OS_TOKEN': 'the-token'}, options['environment'])
        self.assertEqual('host', options['network_mode'])
        self.assertEqual(backup.user(), options['user'])
        self.assertNotIn('db_backup', self.engine.made)

    def test_container_of_the_user(self):
        self.info['swift_container'] = 'mine'
        self.engine.results['db_backup'] = (0, CREATED)
        self._create()
        self.assertIn('--swift-container=mine', self._command())

    def test_address_of_swift_of_later_releases(self):
        self.info['swift_url'] = 'http://swift/v1/AUTH_x'
        self.set_option('swift_api_insecure', True, None)
        self.engine.results['db_backup'] = (0, CREATED)
        self._create()
        self.assertEqual(
            ['--swift-url=http://swift/v1/AUTH_x', '--swift-api-insecure'],
            self._command()[4:6])

    def _assert_failed(self, words):
        failure = self.assertRaises(exception.TroveError, self._create)
        self.assertIn(words, str(failure))
        self.assertEqual([BackupState.BUILDING, BackupState.FAILED],
                         self._reported())
        self.assertNotIn('db_backup', self.engine.made)
        # The conductor makes it the fault of this instance.
        told, _ = self.conductor.return_value.notify_exc_info.call_args[0]
        self.assertIn(words, told)
        self.assertEqual(
            'the-guest', self.context.notification.payload['instance_id'])

    def test_the_reason_of_the_image(self):
        self.engine.results['db_backup'] = (
            1, b'a line\n2026 Failed: tar ended with 2: no space\n')
        self._assert_failed('Backup b could not be made: tar ended with 2')

    def test_an_image_that_says_nothing(self):
        self.engine.results['db_backup'] = (137, b'')
        self._assert_failed('The container db_backup ended with 137: it said '
                            'nothing')

    def test_an_image_without_the_line_of_success(self):
        self.engine.results['db_backup'] = (0, b'all fine\n')
        self._assert_failed('did not say where the backup is')

    def test_an_image_that_cannot_be_had_or_takes_too_long(self):
        for fault in (docker.errors.ImageNotFound('no such image'),
                      requests.exceptions.ReadTimeout('no answer')):
            self.update.reset_mock()
            self.engine.results['db_backup'] = fault
            self._assert_failed('could not be run to its end: n')

    def test_what_an_earlier_one_left_is_removed(self):
        self.engine.results['db_backup'] = (0, CREATED)
        self.engine.made['db_backup'] = self.engine.run(
            'left', [], 'db_backup')
        self.engine.log.clear()
        self._create()
        self.assertEqual(('remove', 'db_backup'), self.engine.log[0])

    def test_incremental_backups_are_refused(self):
        self.info['parent'] = {'location': 'l', 'checksum': 'c'}
        self._assert_failed('K2HDKC has no incremental backups')
        self.assertNotIn('run', [entry[0] for entry in self.engine.log])

    def test_the_token_is_not_logged(self):
        self.engine.results['db_backup'] = (0, CREATED)
        with mock.patch.object(backup, 'LOG') as log:
            self._create()
        self.assertNotIn('the-token', str(log.mock_calls))


class LeftTest(BackupCase):
    """The guest agent ends while it makes a backup."""

    def setUp(self):
        super(LeftTest, self).setUp()
        self.engine.results['db_backup'] = (0, CREATED)
        self.enterContext(mock.patch.object(backup, '_run',
                                            side_effect=self._look))
        self.manager.create_backup(self.context, self.info)
        # As it is on the volume then.
        self.app.store.update(backup=self.left)
        self.engine.made['db_backup'] = self.engine.run('i', [], 'db_backup')
        self.conductor.reset_mock()
        self.manager = manager.Manager()
        self.app = self.manager.app

    def _look(self, *arguments):
        self.left = self.app.store.backup()
        return CREATED.decode().splitlines()[-1]

    def test_the_next_one_says_that_it_failed(self):
        self.manager.fail_left_backup(None)
        self.assertEqual([BackupState.FAILED], self._reported())
        told = self.update.call_args[1]
        self.assertEqual(('b', False), (told['backup_id'], told['success']))
        self.assertNotIn('db_backup', self.engine.made)

    def test_it_says_why(self):
        self.manager.fail_left_backup(None)
        reason, _ = self.conductor.return_value.notify_exc_info.call_args[0]
        self.assertIn('Backup b failed: the guest agent was stopped', reason)
        told = self.conductor.call_args[0][0].notification
        self.assertEqual('the-request', told.request_id)

    def test_it_is_said_once(self):
        for _ in range(2):
            self.manager.fail_left_backup(None)
        manager.Manager().fail_left_backup(None)
        self.assertEqual([BackupState.FAILED], self._reported())

    def test_it_is_said_again_when_it_could_not_be(self):
        self.update.side_effect = [OSError('no broker'), None]
        self.assertRaises(OSError, self.manager.fail_left_backup, None)
        self.manager.fail_left_backup(None)
        self.assertEqual(2, len(self._reported()))

    def test_it_is_looked_for_again_and_again(self):
        self.assertIn('fail_left_backup',
                      [name for name, _ in self.manager._periodic_tasks])

    def test_before_the_next_backup(self):
        self.info['id'] = 'next'
        self.manager.create_backup(self.context, self.info)
        self.manager.fail_left_backup(None)
        self.assertEqual(
            [('b', BackupState.FAILED), ('next', BackupState.BUILDING),
             ('next', BackupState.COMPLETED)],
            [(call[1]['backup_id'], call[1]['state'])
             for call in self.update.call_args_list])

    def test_the_token_is_not_stored(self):
        self.assertNotIn('the-token', str(self.left))

    def _assert_stored(self, expected, end, error):
        """Let a further backup end so, and look at what is stored then."""
        self.manager.fail_left_backup(None)
        self.info['id'] = 'next'
        with mock.patch.object(backup, '_run', side_effect=end):
            if error:
                self.assertRaises(error, self.manager.create_backup,
                                  self.context, self.info)
            else:
                self.manager.create_backup(self.context, self.info)
        self.assertEqual(expected, (self.app.store.backup() or {}).get('id'))

    def test_nothing_is_left_of_one_that_ended(self):
        self._assert_stored(None, self._look, None)

    def test_nothing_is_left_of_one_that_failed(self):
        self._assert_stored(None, OSError('no docker'), exception.TroveError)

    def test_one_that_is_interrupted_is_left(self):
        self._assert_stored('next', SystemExit, SystemExit)


class RestoreTest(BackupCase):

    def _restore(self):
        self.manager.perform_restore(self.context, self.volume, self.info)

    def test_it_is_awaited(self):
        self.engine.results['db_restore'] = (
            0, b'Restore successfully, restore_size: 318\n')
        self._restore()
        self.assertIn(('wait', 'db_restore'), self.engine.log)
        self.assertEqual(
            ['--nobackup', '--restore-from=http://swift/c/b.tar.gz',
             '--restore-checksum=abc'], self._command()[-3:])
        self.assertNotIn('the-token', str(self._command()))
        self.assertEqual('the-token', self._options()['environment'][
            'OS_TOKEN'])

    def test_a_new_file_has_the_sizes_of_the_group(self):
        self.engine.results['db_restore'] = (
            0, b'Restore successfully, restore_size: 318\n')
        self.prepare({'k2hdkc-page-size': 4096,
                      ring.KEY: ring.packed(guest_case.RING)},
                     backup_info=self.info, context=self.context)
        given = self._options()['environment']
        self.assertEqual(('4096', '8'), (given['k2hdkc_page_size'],
                                         given['k2hdkc_mask_bits']))

    def test_a_checksum_that_differs(self):
        self.engine.results['db_restore'] = (
            1, b'Failed: the checksum is another\n')
        failure = self.assertRaises(exception.TroveError, self._restore)
        self.assertIn('the checksum is another', str(failure))

    def test_an_image_without_the_line_of_success(self):
        self.engine.results['db_restore'] = (0, b'all fine\n')
        failure = self.assertRaises(exception.TroveError, self._restore)
        self.assertIn('did not say that backup b.tar.gz is loaded',
                      str(failure))
