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

from trove.common import cfg
from trove.common import exception
from trove.tests.unittests import trove_testtools

from trove_k2hdkc import parameters
from trove_k2hdkc.tests import test_package_data

CONF = cfg.CONF


class ParametersCase(trove_testtools.TestCase):

    def _effective(self, **overrides):
        return parameters.effective(
            test_package_data.read('config.template'),
            {name.replace('_', '-'): value
             for name, value in overrides.items()})


class EffectiveTest(ParametersCase):

    def test_values_of_a_group_go_before_the_template(self):
        values = self._effective(chmpx_replica=2, cluster_name='ring')
        self.assertEqual(
            (2, 'ring', 8020),
            (values['chmpx-replica'], values['cluster-name'],
             values['chmpx-server-port']))

    def test_without_a_group(self):
        self.assertEqual('', parameters.effective(
            test_package_data.read('config.template'), None)['cluster-name'])

    def test_a_value_that_is_no_parameter_is_left_out(self):
        self.assertNotIn('extdata-url', self._effective(extdata_url='x'))

    def _assert_refused(self, words, **overrides):
        refusal = self.assertRaises(exception.UnprocessableEntity,
                                    self._effective, **overrides)
        self.assertIn(words, str(refusal))

    def test_both_ports_of_a_server_must_differ(self):
        self._assert_refused('must differ', chmpx_server_port=8021)

    def test_names_that_no_ring_can_have(self):
        for name in ('a/b', 'a b', '-a', 'a-', '%a', 'a' * 129, 'ä', 'a\n'):
            self._assert_refused('cannot be the name of a ring',
                                 cluster_name=name)

    def test_names_that_a_ring_can_have(self):
        for name in ('a', 'A.b-c_1', 'a' * 128):
            self.assertEqual(name, self._effective(
                cluster_name=name)['cluster-name'])

    def test_a_proxy_has_no_blanks(self):
        values = test_package_data.read('config.template')
        refusal = self.assertRaises(
            exception.UnprocessableEntity, parameters.effective, values,
            {'no_proxy': 'a, b'})
        self.assertIn('no_proxy is "a, b"', str(refusal))


class PortsTest(ParametersCase):

    def _check(self, tcp_ports, **overrides):
        CONF.set_override('tcp_ports', tcp_ports, 'k2hdkc')
        self.addCleanup(CONF.clear_override, 'tcp_ports', 'k2hdkc')
        parameters.check_ports(self._effective(**overrides),
                               CONF.k2hdkc.tcp_ports)

    def test_default_ports_are_open(self):
        parameters.check_ports(self._effective(), CONF.k2hdkc.tcp_ports)

    def test_ranges_count(self):
        self._check(['8000-8040', '9000'], chmpx_server_port=8033,
                    chmpx_server_ctlport=9000)

    def test_a_closed_port_is_refused_with_what_is_open(self):
        refusal = self.assertRaises(
            exception.UnprocessableEntity, self._check,
            ['8000-8040', '9000'], chmpx_server_ctlport=9001)
        self.assertIn('chmpx-server-ctlport is 9001', str(refusal))
        self.assertIn('8000-8040, 9000', str(refusal))


class DerivedTest(ParametersCase):

    def test_queue_limit(self):
        for overrides, limit in (
            ({}, 136),
            ({'chmpx_max_mq_client': 300}, 308),
            ({'chmpx_max_mq_server': 1, 'chmpx_max_mq_client': 1,
              'chmpx_max_queue_per_server_mq': 128}, 128),
            ({'chmpx_max_mq_server': 1, 'chmpx_max_mq_client': 1,
              'chmpx_max_queue_per_client_mq': 64}, 64),
        ):
            self.assertEqual(limit, parameters.queue_limit(
                self._effective(**overrides)))

    def test_environment(self):
        self.assertEqual(
            {'chmpx_server_port': '8020', 'chmpx_server_ctlport': '8021',
             'chmpx_slave_ctlport': '8031', 'CHMDBGMODE': 'ERR',
             'DKCDBGMODE': 'ERR', 'K2HDBGMODE': 'ERR'},
            parameters.environment(self._effective(), ['k2hr3']))

    def test_sizes_of_a_new_file(self):
        self.assertEqual(
            {'k2hdkc_mask_bits': '8', 'k2hdkc_collision_mask_bits': '8',
             'k2hdkc_max_elements': '32', 'k2hdkc_page_size': '4096'},
            parameters.of_new_file(self._effective(k2hdkc_page_size=4096)))

    def test_log_level(self):
        self.assertEqual('DUMP', parameters.environment(
            self._effective(k2hdkc_log_level=4))['CHMDBGMODE'])

    def test_k2hr3_is_never_asked_through_a_proxy(self):
        values = dict(self._effective(), http_proxy='http://proxy:3128',
                      no_proxy='a,k2hr3')
        variables = parameters.environment(values, ['k2hr3', '10.0.0.9'])
        self.assertEqual('http://proxy:3128', variables['http_proxy'])
        self.assertEqual('a,k2hr3,10.0.0.9', variables['no_proxy'])
        self.assertNotIn('https_proxy', variables)

    def test_what_goes_to_k2hr3_are_values_of_the_whole_ring(self):
        self.assertEqual(
            {rule['name'] for rule in test_package_data.rules()}
            - {'cluster-name', 'http_proxy', 'https_proxy', 'no_proxy',
               'k2hdkc-log-level'},
            set(parameters.of_cluster(self._effective())))
