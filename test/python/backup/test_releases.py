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

import shlex
from unittest import mock

from trove.common import cfg
from trove.common import exception
from trove.guestagent.datastore.mysql_common import service as mysql_service
from trove.guestagent.datastore import service
from trove.guestagent.utils import docker

import fake_swift
import image

CONF = cfg.CONF

KEYSTONE = ('--os-auth-url={address}/v3 '
            '--os-tenant-id={project} --os-region-name=RegionOne')
SWIFT = '--swift-url={swift_url} --swift-api-insecure'

# As guest agents of all releases pass them, and as that of K2HDKC does.
CREDENTIALS = {
    '2024.1 to 2026.1': ('--os-token={token} ' + KEYSTONE, {}),
    '2026.2 and master': ('--os-token={token} ' + SWIFT, {}),
    'K2HDKC to 2026.1': (KEYSTONE, {'OS_TOKEN': fake_swift.TOKEN}),
    'K2HDKC from 2026.2': (SWIFT, {'OS_TOKEN': fake_swift.TOKEN}),
}


class GuestAgentTest(image.ImageTestCase):
    """What this release's guest agent runs, and what it makes of it."""

    def setUp(self):
        super().setUp()
        CONF.set_override('auth_url', self.address + '/v3',
                          'service_credentials')
        CONF.set_override('region_name', 'RegionOne', 'service_credentials')
        self.addCleanup(CONF.clear_override, 'auth_url',
                        'service_credentials')
        self.addCleanup(CONF.clear_override, 'region_name',
                        'service_credentials')
        self.context = mock.Mock(auth_token=fake_swift.TOKEN,
                                 project_id=fake_swift.PROJECT)
        self.patch(service, 'conductor_api')
        self.patch(service.guestagent_utils, 'get_filesystem_volume_stats',
                   return_value={'used': 1.0})
        self.patch(docker, 'run_container', side_effect=self.run_container)
        self.app = mock.Mock(spec=service.BaseDbApp, docker_client=None)
        self.app.get_backup_strategy.return_value = 'k2hdkc'
        self.states = (
            service.conductor_api.API.return_value.update_backup)

    def patch(self, target, name, **kwargs):
        patcher = mock.patch.object(target, name, **kwargs)
        self.addCleanup(patcher.stop)
        return patcher.start()

    def run_container(self, client, image, name, volumes=None, command=''):
        process = self.start(shlex.split(command))
        output = process.communicate(timeout=60)[0]
        self.lines_of(output)
        return docker._decode_output(output.encode()), process.returncode == 0

    def create_backup(self, container):
        service.BaseDbApp.create_backup(
            self.app, self.context, {
                'id': image.BACKUP_ID, 'datastore': 'k2hdkc',
                'datastore_version': '1.0.19', 'swift_url': self.swift_url,
                'swift_container': container,
            }, need_dbuser=False)
        return self.states.call_args.kwargs

    def restore_backup(self, backup):
        with mock.patch.object(mysql_service, 'operating_system'), \
                mock.patch.object(mysql_service, 'utils'):
            mysql_service.BaseMySqlApp.restore_backup(
                self.app_for_restore(), self.context, dict(
                    backup, id=image.BACKUP_ID, swift_url=self.swift_url),
                str(self.data))

    def app_for_restore(self):
        app = mock.Mock(docker_client=None)
        app.get_backup_strategy.return_value = 'k2hdkc'
        return app

    def test_what_was_backed_up_is_restored(self):
        backup = self.create_backup('backups')
        self.assertEqual('COMPLETED', backup['state'])
        name = '%s.tar.gz' % image.BACKUP_ID
        self.assertEqual('%s/backups/%s' % (self.swift_url, name),
                         backup['location'])
        self.assertEqual(['backups/' + name], self.swift('GET'))
        self.assert_no_snapshot()

        self.database.unlink()
        self.restore_backup(backup)
        self.assertEqual(image.RECORDS, self.database.read_text())
        self.assert_no_snapshot()

    def test_what_went_wrong_reaches_the_user(self):
        self.database.unlink()
        with self.assertRaisesRegex(exception.TroveError,
                                    'There is no database to back up'):
            self.create_backup('backups')
        self.assertEqual('FAILED', self.states.call_args.kwargs['state'])

    def test_a_restore_that_failed_is_none(self):
        location = self.swift_url + '/backups/none'
        with self.assertRaisesRegex(Exception, '404'):
            self.restore_backup({'location': location, 'checksum': 'x'})


class CommandLineTest(image.ImageTestCase):
    """An image on this release's tree serves guest agents of all releases."""

    def run_line(self, credentials, rest, environment):
        line = '--driver=k2hdkc --storage-driver=swift %s %s' % (
            credentials.format(
                token=fake_swift.TOKEN, address=self.address,
                project=fake_swift.PROJECT, swift_url=self.swift_url), rest)
        return self.run_main(line.split(), **environment)

    def test_command_lines_of_all_releases(self):
        for releases, (credentials, environment) in CREDENTIALS.items():
            with self.subTest(releases):
                code, lines = self.run_line(
                    credentials, '--backup --backup-id=%s '
                    '--db-host=localhost --db-user=os_admin --db-password=x1 '
                    '--swift-extra-metadata=datastore:k2hdkc,'
                    'datastore_version:1.0.19 --swift-container=backups'
                    % image.BACKUP_ID, environment)
                found = service.BACKUP_LOG_RE.match(lines[-1])
                self.assertEqual((0, True), (code, bool(found)), lines)

                self.database.unlink()
                code, lines = self.run_line(
                    credentials, '--nobackup --restore-from=%s '
                    '--restore-checksum=%s --db-datadir=%s' % (
                        found['location'], found['checksum'], self.data),
                    environment)
                self.assertRegex(lines[-1], 'Restore successfully, ')
                self.assertEqual(0, code)
                self.assertEqual(image.RECORDS, self.database.read_text())
