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

from trove.common import cfg
from trove.common import exception
from trove.common import utils
from trove.guestagent import dbaas
from trove.instance.service_status import ServiceStatuses

from trove_k2hdkc.guestagent import manager
from trove_k2hdkc import ring
from trove_k2hdkc.tests import guest_case

CONF = cfg.CONF
MANAGER_CLASS = 'trove_k2hdkc.guestagent.manager.Manager'


class PrepareTest(guest_case.GuestCase):

    def test_the_registry_leads_to_the_manager(self):
        self.set_option('datastore_registry_ext', {'k2hdkc': MANAGER_CLASS},
                        None)
        self.assertIs(manager.Manager, utils.import_class(
            dbaas.datastore_registry()['k2hdkc']))

    def test_single_instance_with_a_configuration_group(self):
        self.prepare_single(**{'chmpx-server-port': 18020})
        variables = self.environment()
        self.assertEqual('ring1', variables['cluster_name'])
        self.assertEqual(guest_case.RING.extdata_url,
                         variables['extdata_url'])
        self.assertEqual('18020', variables['chmpx_server_port'])
        self.assertEqual('1.0.19', self.app.store.version())

    def test_member_of_a_cluster_without_a_configuration_group(self):
        self.prepare(cluster_config={
            'id': 'cluster-id', ring.KEY: ring.packed(guest_case.RING)})
        self.assertEqual('ring1', self.environment()['cluster_name'])
        self.assertEqual('8020', self.environment()['chmpx_server_port'])

    def test_an_instance_that_was_told_of_no_ring_is_refused(self):
        refusal = self.assertRaises(exception.TroveError, self.prepare)
        self.assertIn('taskmanager_manager', str(refusal))
        self.assertEqual({}, self.engine.made)

    def test_what_failed_ends_in_failed(self):
        self.manager.status.begin_install = mock.Mock()
        self.manager.status.end_install = mock.Mock()
        self.assertRaises(
            exception.TroveError, self.manager._prepare, None, [], [], 512,
            [], '/dev/vdb', '/mnt', None, self.template, None, {}, None,
            None, None)
        self.manager.status.end_install.assert_called_once_with(
            error_occurred=True, post_processing=False)

    def test_a_member_ends_ready_for_its_cluster(self):
        self.manager.status.begin_install = mock.Mock()
        self.manager._prepare(
            None, [], [], 512, [], '/dev/vdb', '/mnt', None, self.template,
            None, {}, {'id': 'c', ring.KEY: ring.packed(guest_case.RING)},
            None, None, ds_version='1.0.19')
        self.assertEqual(mock.call(mock.ANY, ServiceStatuses.INSTANCE_READY,
                                   force=True), self.heartbeats.call_args)

    def test_restore_comes_before_the_start(self):
        order = []
        self.enterContext(mock.patch.object(
            self.manager, 'perform_restore',
            side_effect=lambda *args: order.append(('restore',) + args)))
        self.enterContext(mock.patch.object(
            self.app, 'start_db',
            side_effect=lambda **kwargs: order.append(('start',))))
        backup = {'id': 'b', 'location': 'http://swift/b', 'checksum': 'c'}
        self.prepare(backup_info=backup)
        self.assertEqual([('restore', None, self.volume, backup),
                          ('start',)], order)

    def test_a_new_member_loads_the_backups_of_all_members(self):
        restore = self.enterContext(mock.patch.object(self.manager,
                                                      'perform_restore'))
        infos = [{'id': 'a'}, {'id': 'b'}]
        self.prepare(cluster_config={
            'id': 'c', ring.KEY: ring.packed(guest_case.RING),
            ring.BACKUPS_KEY: infos})
        self.assertEqual([mock.call(None, self.volume, info)
                          for info in infos], restore.call_args_list)
        self.assertEqual('running', self.running().status)

    def test_a_failed_restore_starts_nothing(self):
        self.enterContext(mock.patch.object(
            self.app, 'restore_backup',
            side_effect=exception.TroveError('no')))
        self.assertRaises(exception.TroveError, self.prepare, backup_info={
            'id': 'b', 'location': 'http://swift/b', 'checksum': 'c'})
        self.assertEqual({}, self.engine.made)


class OperationsTest(guest_case.GuestCase):

    def setUp(self):
        super(OperationsTest, self).setUp()
        self.prepare_single()
        self.engine.log.clear()

    def _assert_started_again(self, image='registry:5000/k2hdkc:1.0.19'):
        self.assertEqual(
            [('stop', 'database', 12), ('remove', 'database'),
             ('create', 'database', image)],
            [entry for entry in self.engine.log if entry[0] != 'pull'])
        self.assertEqual('running', self.running().status)
        self.assertEqual(mock.call(mock.ANY, ServiceStatuses.HEALTHY),
                         self.heartbeats.call_args)

    def test_restart(self):
        self.manager.restart(None)
        self._assert_started_again()

    def test_start_after_resize_keeps_the_version(self):
        self.manager.start_db_with_conf_changes(
            None, self.template.replace('= 136', '= 137'), 'name-of-version')
        self._assert_started_again()

    def test_stop_for_a_resize_of_the_volume_and_start(self):
        self.manager.stop_db(None)
        self.assertEqual('exited', self.running().status)
        self.manager.restart(None)
        self.assertEqual('running', self.running().status)

    def test_a_container_that_cannot_be_stopped(self):
        self.enterContext(mock.patch.object(
            self.running(), 'stop',
            side_effect=docker.errors.APIError('no answer')))
        refusal = self.assertRaises(exception.TroveError,
                                    self.manager.stop_db, None)
        self.assertIn('could not be stopped: no answer', str(refusal))

    def test_a_container_that_runs_on(self):
        self.enterContext(mock.patch.object(self.running(), 'stop'))
        refusal = self.assertRaises(exception.TroveError,
                                    self.manager.stop_db, None)
        self.assertIn('still runs after it was stopped', str(refusal))

    def test_stopping_nothing_is_fine(self):
        del self.engine.made['database']
        self.manager.stop_db(None)

    def test_rebuild_finds_the_ring_on_the_volume(self):
        self.engine.made.clear()
        self.manager.status.begin_install = mock.Mock()
        self.manager.status.end_install = mock.Mock()
        self.manager.rebuild(None, '1.0.20', config_contents=self.template,
                             config_overrides={'chmpx-max-mq-client': 200,
                                               'chmpx-server-port': 9020})
        self.assertEqual('ring1', self.environment()['cluster_name'])
        self.assertEqual('8020', self.environment()['chmpx_server_port'])
        self.assertTrue(self.manager.needs_restart(None))
        self.assertEqual('208', self.running().config['HostConfig'][
            'Sysctls']['fs.mqueue.msg_max'])
        self.manager.status.end_install.assert_called_once_with(
            error_occurred=False)

    def test_a_failed_rebuild_ends_in_failed(self):
        self.engine.on_start = lambda made: setattr(made, 'status', 'exited')
        self.manager.status.begin_install = mock.Mock()
        self.manager.status.end_install = mock.Mock()
        self.assertRaises(exception.TroveError, self.manager.rebuild, None,
                          '1.0.20', config_contents=self.template)
        self.manager.status.end_install.assert_called_once_with(
            error_occurred=True)

    def test_upgrade(self):
        self.manager.upgrade(None, {'datastore_version': '1.0.20'})
        self._assert_started_again('registry:5000/k2hdkc:1.0.20')
        self.assertEqual('1.0.20', self.app.store.version())

    def test_an_image_that_cannot_be_had_stops_nothing(self):
        self.enterContext(mock.patch.object(
            self.engine.images, 'pull',
            side_effect=exception.TroveError('no such image')))
        self.assertRaises(exception.TroveError, self.manager.upgrade, None,
                          {'datastore_version': '1.0.20'})
        self.assertEqual('running', self.running().status)
        self.assertEqual('1.0.19', self.app.store.version())
        self.assertEqual(mock.call(mock.ANY, ServiceStatuses.FAILED),
                         self.heartbeats.call_args)

    def test_replication_is_not_offered(self):
        # What datastore versions are registered with, from 2025.1 on.
        if 'replication_strategy' in CONF:
            self.set_option('replication_strategy', 'unsupported', None)
        self.assertFalse(self.manager.replication_strategy)
        self.assertIsNone(self.manager.replication)
