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
from trove.tests.unittests import trove_testtools

from trove_k2hdkc.guestagent import manager
from trove_k2hdkc.guestagent import service

CONF = cfg.CONF
MANAGER_CLASS = 'trove_k2hdkc.guestagent.manager.Manager'


class StatusTest(trove_testtools.TestCase):

    def _status(self, state):
        client = mock.Mock()
        client.containers.get.return_value.attrs = {'State': state}
        return service.K2hdkcStatus(client).get_actual_db_status()

    def test_health_is_the_status(self):
        for health, expected in (
            ('healthy', ServiceStatuses.HEALTHY),
            ('starting', ServiceStatuses.RUNNING),
            ('unhealthy', ServiceStatuses.CRASHED),
            ('none', ServiceStatuses.UNKNOWN),
        ):
            self.assertEqual(expected, self._status(
                {'Status': 'running', 'Health': {'Status': health}}))

    def test_image_without_health_check(self):
        self.assertEqual(ServiceStatuses.RUNNING,
                         self._status({'Status': 'running'}))

    def test_container_that_does_not_run(self):
        for status in ('created', 'exited', 'restarting', 'dead'):
            self.assertEqual(ServiceStatuses.SHUTDOWN, self._status(
                {'Status': status, 'Health': {'Status': 'healthy'}}))

    def test_no_container(self):
        client = mock.Mock()
        client.containers.get.side_effect = docker.errors.NotFound('no')
        status = service.K2hdkcStatus(client)
        self.assertEqual(ServiceStatuses.SHUTDOWN,
                         status.get_actual_db_status())


class ManagerTest(trove_testtools.TestCase):

    def setUp(self):
        super(ManagerTest, self).setUp()
        self.patch_datastore_manager('k2hdkc')
        client = self.enterContext(mock.patch.object(
            docker, 'from_env')).return_value
        client.containers.get.side_effect = docker.errors.NotFound('no')
        self.manager = manager.Manager()

    def test_the_registry_leads_to_it(self):
        CONF.set_override('datastore_registry_ext', {'k2hdkc': MANAGER_CLASS})
        self.addCleanup(CONF.clear_override, 'datastore_registry_ext')
        self.assertIs(manager.Manager, utils.import_class(
            dbaas.datastore_registry()['k2hdkc']))

    def test_prepare_is_refused_with_a_sentence(self):
        refusal = self.assertRaises(
            exception.TroveError, self.manager.do_prepare, None, [], [], 512,
            [], '/dev/vdb', '/mnt', None, '', None, {}, None, None,
            ds_version='1.0.16')
        self.assertIn('cannot start K2HDKC yet', str(refusal))

    def test_prepare_ends_in_failed(self):
        self.manager.status = mock.Mock()
        self.assertRaises(
            exception.TroveError, self.manager._prepare, None, [], [], 512,
            [], '/dev/vdb', '/mnt', None, '', None, {}, None, None, None)
        self.manager.status.end_install.assert_called_once_with(
            error_occurred=True, post_processing=False)

    def test_what_needs_a_running_k2hdkc_is_refused(self):
        for call in (
            lambda: self.manager.restart(None),
            lambda: self.manager.start_db_with_conf_changes(None, '', '1'),
            lambda: self.manager.update_overrides(None, {}),
            lambda: self.manager.update_overrides(None, {}, remove=True),
            lambda: self.manager.apply_overrides(None, {}),
            lambda: self.manager.rebuild(None, '1'),
            lambda: self.manager.upgrade(None, {}),
            lambda: self.manager.app.start_db(),
            lambda: self.manager.app.create_backup(None, {}),
            lambda: self.manager.app.restore_backup(None, {}, '/mnt'),
        ):
            refusal = self.assertRaises(
                exception.DatastoreOperationNotSupported, call)
            self.assertIn("'k2hdkc' datastore", str(refusal))

    def test_replication_is_not_offered(self):
        self.assertFalse(self.manager.replication_strategy)
        self.assertIsNone(self.manager.replication)
