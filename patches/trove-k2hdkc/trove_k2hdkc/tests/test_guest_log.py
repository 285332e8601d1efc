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

from trove.guestagent import guest_log

from trove_k2hdkc.guestagent import container
from trove_k2hdkc.tests import guest_case


class LogTest(guest_case.GuestCase):

    def setUp(self):
        super(LogTest, self).setUp()
        self.set_option('log_dir', self.volume, None)
        self.enterContext(mock.patch.object(guest_log.GuestLog, '__init__',
                                            return_value=None))
        self.show = self.enterContext(mock.patch.object(
            guest_log.GuestLog, 'show', return_value={'name': 'k2hdkc'}))
        self.enterContext(mock.patch.object(
            guest_log.GuestLog, 'exposed', True, create=True))
        self.enterContext(mock.patch.object(
            guest_log.GuestLog, 'type', guest_log.LogType.SYS, create=True))
        self.enterContext(mock.patch.object(
            guest_log.GuestLog, 'enabled', True, create=True))
        self.publish = self.enterContext(mock.patch.object(
            guest_log.GuestLog, 'publish_log', return_value='published'))
        self.prepare_single()
        self.running().said = b'Node a, cluster ring1.\n'

    def _written(self):
        path = self.manager.get_datastore_log_defs()['k2hdkc'][
            self.manager.GUEST_LOG_FILE_LABEL]
        with open(path) as written:
            return written.read()

    def test_list(self):
        self.assertIn({'name': 'k2hdkc'},
                      list(self.manager.guest_log_list(mock.Mock())))
        self.assertEqual('Node a, cluster ring1.\n', self._written())

    def test_publish(self):
        self.assertEqual('published', self.manager.guest_log_action(
            mock.Mock(), 'k2hdkc', False, False, True, False))
        self.assertEqual('Node a, cluster ring1.\n', self._written())

    def test_without_a_container_the_log_is_empty(self):
        del self.engine.made[container.NAME]
        self.manager.guest_log_list(mock.Mock())
        self.assertEqual('', self._written())
