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

import json
import os.path
import socket
import tempfile
from unittest import mock

import docker

from trove.common import cfg
from trove.common import constants
from trove.common import exception
from trove.guestagent.utils import docker as docker_util
from trove.instance.service_status import ServiceStatuses

from trove_k2hdkc.guestagent import bridge
from trove_k2hdkc.guestagent import container
from trove_k2hdkc.guestagent import service
from trove_k2hdkc import ring
from trove_k2hdkc.tests import guest_case

CONF = cfg.CONF


class StatusTest(guest_case.GuestCase):

    def _assert_status(self, expected, status='running', **health):
        self.prepare_single()
        self.running().status = status
        for name, value in health.items():
            setattr(self.running(), name, value)
        self.assertEqual(
            expected, service.K2hdkcStatus(self.engine).get_actual_db_status())

    def test_health_is_the_status(self):
        for health, expected in (
            ('healthy', ServiceStatuses.HEALTHY),
            ('starting', ServiceStatuses.RUNNING),
            ('unhealthy', ServiceStatuses.CRASHED),
            ('none', ServiceStatuses.UNKNOWN),
        ):
            self._assert_status(expected, health=health)

    def test_container_that_does_not_run(self):
        for status in ('created', 'exited', 'restarting', 'dead'):
            self._assert_status(ServiceStatuses.SHUTDOWN, status=status)

    def test_no_container(self):
        self.assertEqual(
            ServiceStatuses.SHUTDOWN,
            service.K2hdkcStatus(self.engine).get_actual_db_status())


class ContainerTest(guest_case.GuestCase):

    def _started(self, **overrides):
        self.prepare_single(**overrides)
        return self.running().config

    def test_how_it_is_made(self):
        config = self._started()
        host = config['HostConfig']
        self.assertEqual('registry:5000/k2hdkc:1.0.19', config['Image'])
        self.assertEqual('%d:%d' % (os.getuid(), os.getgid()),
                         config['User'])
        self.assertEqual(12, config['StopTimeout'])
        self.assertEqual('private', host['IpcMode'])
        self.assertEqual('host', host['NetworkMode'])
        self.assertEqual({'Name': 'unless-stopped'}, host['RestartPolicy'])
        self.assertEqual(['timeout:1', 'attempts:1'], host['DnsOptions'])
        self.assertEqual({'fs.mqueue.msg_max': '136',
                          'fs.mqueue.queues_max': '256'}, host['Sysctls'])
        self.assertEqual(
            sorted(['%s:/var/lib/antpickax/k2hdkc:rw' % self.volume,
                    '/var/lib/cloud/data:/var/lib/cloud/data:ro']),
            sorted(host['Binds']))
        self.assertNotIn('PortBindings', host)

    def test_more_queues(self):
        self.assertEqual(
            {'fs.mqueue.msg_max': '1008', 'fs.mqueue.queues_max': '1008'},
            self._started(**{'chmpx-max-mq-client': 1000})[
                'HostConfig']['Sysctls'])

    def _at_bridge(self, **overrides):
        self.set_option('network_mode', 'bridge')
        self.enterContext(mock.patch.object(bridge, 'own_address',
                                            return_value='10.0.0.9'))
        self.enterContext(mock.patch.object(socket, 'gethostname',
                                            return_value='member-1'))
        return self._started(**overrides)

    def test_bridge_publishes_the_ports_of_a_server(self):
        config = self._at_bridge(**{'chmpx-server-port': 9020})
        self.assertEqual('bridge', config['HostConfig']['NetworkMode'])
        self.assertEqual(
            {'9020/tcp': [{'HostIp': '0.0.0.0', 'HostPort': '9020'}],
             '8021/tcp': [{'HostIp': '0.0.0.0', 'HostPort': '8021'}]},
            config['HostConfig']['PortBindings'])
        self.assertEqual({'9020/tcp', '8021/tcp'},
                         set(config['ExposedPorts']))

    def test_at_a_bridge_the_address_of_the_instance_is_the_name(self):
        config = self._at_bridge()
        self.assertEqual('member-1', config['Hostname'])
        # In this order: the first name of an address is its name.
        self.assertEqual(['10.0.0.9:10.0.0.9', 'member-1:10.0.0.9',
                          '10.0.0.9:host-gateway'],
                         config['HostConfig']['ExtraHosts'])

    def _name_servers(self, *files):
        paths = [os.path.join(self.volume, str(number))
                 for number, _ in enumerate(files)]
        for path, text in zip(paths, files):
            with open(path, 'w') as lines:
                lines.write(text)
        paths.append(os.path.join(self.volume, 'missing'))
        self.enterContext(mock.patch.object(bridge, 'RESOLVER_FILES', paths))
        return self._at_bridge()['HostConfig'].get('Dns')

    def test_name_servers_of_the_instance(self):
        self.assertIsNone(self._name_servers(
            'search a\nnameserver 127.0.0.53\n', 'nameserver 10.0.0.2\n'))

    def test_no_name_servers_that_a_container_can_ask(self):
        self.assertEqual(['127.0.0.1'], self._name_servers(
            'nameserver\nnameserver 127.0.0.1\n', 'nameserver fe80::1%eth0\n'))

    def test_without_a_bridge_names_are_those_of_the_instance(self):
        config = self._started()
        self.assertIsNone(config['Hostname'])
        self.assertNotIn('ExtraHosts', config['HostConfig'])
        self.assertNotIn('Dns', config['HostConfig'])

    def test_own_address_is_the_one_that_leads_to_k2hr3(self):
        self.assertEqual('127.0.0.1', bridge.own_address(
            ring.Ring('ring1', 'http://127.0.0.1:18080/v1/extdata')))
        refusal = self.assertRaises(
            exception.TroveError, bridge.own_address,
            ring.Ring('ring1', 'http://[::1]/v1/extdata/secret'))
        self.assertIn('K2HR3 at ::1 cannot be asked', str(refusal))
        self.assertNotIn('secret', str(refusal))

    def test_isolated_network(self):
        eth1 = self.enterContext(tempfile.NamedTemporaryFile('w'))
        json.dump({'mac_address': 'fa:16:3e:00:00:01',
                   'ipv4_address': '10.0.0.9', 'ipv4_cidr': '10.0.0.0/24'},
                  eth1)
        eth1.flush()
        self.enterContext(mock.patch.object(constants, 'ETH1_CONFIG_PATH',
                                            eth1.name))
        self.set_option('network_isolation', True, None)
        network = self.enterContext(mock.patch.object(docker_util,
                                                      'create_network'))
        config = self._started()
        network.assert_called_once_with(self.engine,
                                        constants.DOCKER_NETWORK_NAME)
        self.assertEqual(constants.DOCKER_NETWORK_NAME,
                         config['HostConfig']['NetworkMode'])
        self.assertEqual('136', config['HostConfig']['Sysctls'][
            'fs.mqueue.msg_max'])
        self.assertEqual(
            {constants.DOCKER_NETWORK_NAME:
             {'IPAMConfig': {'IPv4Address': '10.0.0.9'}}},
            config['NetworkingConfig']['EndpointsConfig'])

    def test_image_is_pulled(self):
        self._started()
        self.assertIn(('pull', 'registry:5000/k2hdkc:1.0.19'),
                      self.engine.log)

    def test_preloaded_image_is_not_pulled(self):
        self.engine.present.add('registry:5000/k2hdkc:1.0.19')
        self._started()
        self.assertNotIn(('pull', 'registry:5000/k2hdkc:1.0.19'),
                         self.engine.log)

    def test_an_image_that_cannot_be_pulled(self):
        self.enterContext(mock.patch.object(
            self.engine.images, 'pull',
            side_effect=docker.errors.APIError('no registry')))
        refusal = self.assertRaises(exception.TroveError, self._started)
        self.assertIn('registry:5000/k2hdkc:1.0.19 is not on the instance '
                      'and could not be pulled: no registry', str(refusal))

    def test_an_engine_that_does_not_start_it(self):
        self.engine.on_start = mock.Mock(
            side_effect=docker.errors.APIError('not allowed'))
        refusal = self.assertRaises(exception.TroveError, self._started)
        self.assertIn('could not be started: not allowed', str(refusal))

    def test_names_of_images(self):
        for name, version, expected in (
            ('host:5000/k2hdkc', '1', 'host:5000/k2hdkc:1'),
            ('k2hdkc', None, 'k2hdkc:latest'),
            ('host/k2hdkc:own', '1', 'host/k2hdkc:own'),
        ):
            self.set_option('docker_image', name)
            self.assertEqual(expected,
                             container.image('docker_image', version))

    def test_no_image(self):
        self.set_option('docker_image', None)
        refusal = self.assertRaises(exception.TroveError, self._started)
        self.assertIn('Set docker_image in [k2hdkc]', str(refusal))


class WaitTest(guest_case.GuestCase):

    def _assert_gives_up(self, words, **state):
        def on_start(made):
            made.said = b'Asking K2HR3\nno answer\n'
            for name, value in state.items():
                setattr(made, name, value)
        self.engine.on_start = on_start
        refusal = self.assertRaises(exception.TroveError, self.prepare_single)
        self.assertIn(words, str(refusal))
        self.assertIn('Asking K2HR3 | no answer', str(refusal))
        self.assertEqual('exited', self.running().status)

    def test_a_container_that_does_not_become_healthy(self):
        self._assert_gives_up('did not serve within 1 s')

    def test_a_container_that_ended(self):
        self.set_option('state_change_wait_time', 3600, None)
        self._assert_gives_up('K2HDKC ended', status='exited')

    def test_a_container_that_keeps_ending(self):
        self.set_option('state_change_wait_time', 3600, None)
        self._assert_gives_up('K2HDKC keeps ending', restarts=3)

    def test_a_container_that_says_nothing(self):
        self.engine.on_start = lambda made: setattr(made, 'status', 'dead')
        refusal = self.assertRaises(exception.TroveError, self.prepare_single)
        self.assertIn('it said nothing', str(refusal))
