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

from trove.common import exception

from trove_k2hdkc import ring
from trove_k2hdkc.tests import guest_case

OTHER = ring.Ring('ring2', 'http://k2hr3:18080/v1/extdata/trove/other')


class ConfigurationCase(guest_case.GuestCase):

    def setUp(self):
        super(ConfigurationCase, self).setUp()
        self.prepare_single()

    def attach(self, **overrides):
        """Do what Trove's API does."""
        self.manager.update_overrides(None, overrides)

    def restart(self, told=guest_case.RING, **overrides):
        """Do what the task manager does."""
        self.manager.update_overrides(
            None, dict(overrides, **{ring.KEY: ring.packed(told)}))
        self.manager.restart(None)

    def queue_limit(self):
        return self.running().config['HostConfig']['Sysctls'][
            'fs.mqueue.msg_max']


class InForceTest(ConfigurationCase):

    def test_attached_values_hold_after_a_restart(self):
        self.attach(http_proxy='http://proxy')
        self.assertNotIn('http_proxy', self.environment())
        self.restart(http_proxy='http://proxy')
        self.assertEqual('http://proxy', self.environment()['http_proxy'])
        self.assertEqual('k2hr3', self.environment()['no_proxy'])
        self.assertEqual('ring1', self.environment()['cluster_name'])
        self.assertFalse(self.manager.needs_restart(None))

    def test_detached_values_do_not(self):
        self.restart(http_proxy='http://proxy')
        self.manager.update_overrides(None, {}, remove=True)
        self.assertTrue(self.manager.needs_restart(None))
        self.restart()
        self.assertNotIn('http_proxy', self.environment())

    def test_another_ring(self):
        self.restart(told=OTHER)
        self.assertEqual('ring2', self.environment()['cluster_name'])
        self.assertEqual(OTHER.extdata_url,
                         self.environment()['extdata_url'])

    def test_a_start_that_k2hr3_was_not_told_of_changes_nothing(self):
        self.attach(**{'chmpx-server-port': 8021,
                       'chmpx-server-ctlport': 8020,
                       'http_proxy': 'http://proxy'})
        for start in (lambda: self.manager.restart(None),
                      lambda: self.manager.start_db_with_conf_changes(
                          None, self.template, '1.0.19'),
                      lambda: self.manager.upgrade(
                          None, {'datastore_version': '1.0.19'})):
            before = self.running()
            start()
            self.assertIsNot(before, self.running())
            self.assertEqual('8020', self.environment()['chmpx_server_port'])
            self.assertNotIn('http_proxy', self.environment())
            self.assertTrue(self.manager.needs_restart(None))

    def test_values_that_change_nothing_need_no_restart(self):
        self.attach(**{'chmpx-replica': 2})
        self.assertFalse(self.manager.needs_restart(None))

    def test_fewer_queues_than_the_configuration_in_k2hr3_has(self):
        self.restart(**{'chmpx-max-mq-client': 300})
        self.attach(**{'chmpx-max-mq-client': 200})
        self.manager.restart(None)
        self.assertEqual('308', self.queue_limit())
        self.restart(**{'chmpx-max-mq-client': 200})
        self.assertEqual('208', self.queue_limit())

    def test_more_queues_that_k2hr3_may_be_told_of_for_another_node(self):
        self.attach(**{'chmpx-max-mq-client': 300})
        self.manager.restart(None)
        self.assertEqual('308', self.queue_limit())

    def test_reset_of_the_template(self):
        self.manager.reset_configuration(None, {
            'config_contents': self.template.replace('= 8020', '= 9020')})
        self.manager.restart(None)
        self.assertEqual('9020', self.environment()['chmpx_server_port'])


class UsableTest(ConfigurationCase):
    """Trove attaches what the guest has taken, and then wants a restart."""

    def test_values_that_k2hdkc_cannot_be_run_with(self):
        self.attach(http_proxy='http://proxy')
        for words, overrides in (
                ('must differ', {'chmpx-server-port': 8021}),
                ('does not open that port', {'chmpx-server-port': 9020}),
                ('cannot be the name of a ring', {'cluster-name': 'a/b'}),
                ('must not have blanks', {'no_proxy': 'a b'})):
            refusal = self.assertRaises(exception.UnprocessableEntity,
                                        self.attach, **overrides)
            self.assertIn(words, str(refusal))
        self.assertTrue(self.manager.needs_restart(None))
        self.attach()
        self.assertFalse(self.manager.needs_restart(None))

    def test_a_port_that_the_operator_has_opened(self):
        self.set_option('tcp_ports', ['8020-8040'])
        self.attach(**{'chmpx-server-port': 8033})
        self.assertTrue(self.manager.needs_restart(None))

    def test_the_task_manager_has_looked_itself(self):
        self.restart(**{'chmpx-server-port': 9020})
        self.assertEqual('9020', self.environment()['chmpx_server_port'])

    def test_a_group_is_let_go_whatever_is_open(self):
        self.set_option('tcp_ports', ['9000'])
        self.manager.update_overrides(None, {}, remove=True)


class ApplyTest(ConfigurationCase):
    """What Trove does where no parameter of a group needs a restart."""

    def test_a_group_that_was_emptied(self):
        self.restart(**{'chmpx-replica': 1})
        self.attach()
        before = self.running()
        refusal = self.assertRaises(exception.UnprocessableEntity,
                                    self.manager.apply_overrides, None, {})
        self.assertIn('not in effect', str(refusal))
        self.assertIs(before, self.running())

    def test_what_is_in_effect(self):
        before = self.running()
        self.attach()
        self.manager.apply_overrides(None, {})
        self.assertIs(before, self.running())
