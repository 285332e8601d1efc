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

import os
import subprocess
import sys
import tempfile

from oslo_config import cfg as oslo_cfg

from trove.common import cfg
from trove.tests.unittests import trove_testtools

from trove_k2hdkc import options

CONF = cfg.CONF

# What Trove reads from the group of a docker datastore without a fallback,
# over all releases.
READ_BY_TROVE = (
    'api_strategy', 'backup_docker_image', 'backup_strategy',
    'cluster_support', 'database_service_gid', 'database_service_uid',
    'database_service_uname', 'default_password_length', 'device_path',
    'docker_image', 'guest_log_exposed_logs', 'guestagent_strategy', 'icmp',
    'ignore_dbs', 'ignore_users', 'min_cluster_member_count', 'mount_point',
    'replication_namespace', 'replication_strategy', 'root_controller',
    'root_on_create', 'taskmanager_strategy', 'tcp_ports', 'udp_ports',
    'volume_support',
)


LOOK = """
from trove.common import cfg
print(cfg.CONF.k2hdkc.mount_point, cfg.CONF.mysql.mount_point)
"""


class OptionsTest(trove_testtools.TestCase):

    def test_trove_registers_the_group_when_it_is_imported(self):
        self.assertIn('k2hdkc', CONF)

    def test_every_option_that_trove_reads_is_there(self):
        for name in READ_BY_TROVE:
            self.assertIn(name, CONF.k2hdkc)

    def test_ports_have_the_type_of_upstreams_own(self):
        self.assertEqual([(8020,), (8021,)],
                         [tuple(ports) for ports in CONF.k2hdkc.tcp_ports])
        self.assertEqual(type(CONF.postgresql.tcp_ports[0]),
                         type(CONF.k2hdkc.tcp_ports[0]))

    def test_exposed_logs_have_the_type_that_this_release_reads(self):
        self.assertEqual(type(CONF.postgresql.guest_log_exposed_logs),
                         type(CONF.k2hdkc.guest_log_exposed_logs))

    def test_what_k2hdkc_has_not_got_is_empty(self):
        for name in ('replication_strategy', 'replication_namespace',
                     'root_controller'):
            self.assertFalse(CONF.k2hdkc[name], name)

    def test_backups_go_to_a_container_of_their_own(self):
        self.assertEqual(('k2hdkc', 'k2hdkc_backups'),
                         (CONF.k2hdkc.backup_strategy,
                          CONF.k2hdkc.backup_swift_container))

    def test_a_node_that_is_stopped_has_the_time_that_it_needs(self):
        self.assertGreater(CONF.k2hdkc.stop_timeout, 8)
        self.assertLess(CONF.k2hdkc.stop_timeout, CONF.agent_call_low_timeout)

    def test_registering_again_is_harmless(self):
        options.register(CONF)
        self.assertTrue(CONF.k2hdkc.cluster_support)

    def test_file_values_are_read(self):
        conf = oslo_cfg.ConfigOpts()
        with tempfile.NamedTemporaryFile('w', suffix='.conf') as conf_file:
            conf_file.write('[k2hdkc]\nmin_cluster_member_count = 3\n'
                            'docker_image = registry:5000/k2hdkc\n')
            conf_file.flush()
            conf(['--config-file', conf_file.name], project='trove')
            options.register(conf)
            self.assertEqual(3, conf.k2hdkc.min_cluster_member_count)
            self.assertEqual('registry:5000/k2hdkc', conf.k2hdkc.docker_image)

    def test_a_ring_has_at_least_one_member(self):
        CONF.set_override('min_cluster_member_count', 1, 'k2hdkc')
        self.assertRaises(ValueError, CONF.set_override,
                          'min_cluster_member_count', 0, 'k2hdkc')


class BrokenPluginTest(trove_testtools.TestCase):
    """A broken entry point of another package takes nothing else down."""

    PLUGINS = {
        'unimportable': 'import nowhere_to_be_found',
        'empty': '',
        'failing': 'def register(conf): raise ValueError("no")',
        'doubled': 'from oslo_config import cfg\n'
                   'def register(conf):\n'
                   '    conf.register_opt(cfg.BoolOpt("tcp_ports"), "mysql")',
    }
    REASONS = {
        'unimportable': "No module named 'nowhere_to_be_found'",
        'empty': "module 'empty' has no attribute 'register'",
        'failing': 'no',
        'doubled': 'duplicate option: tcp_ports',
    }

    def _install(self, site):
        info = os.path.join(site, 'broken-1.dist-info')
        os.mkdir(info)
        entries = ''.join('%s = %s:register\n' % (name, name)
                          for name in self.PLUGINS)
        files = {os.path.join(site, name + '.py'): text
                 for name, text in self.PLUGINS.items()}
        files[os.path.join(info, 'METADATA')] = (
            'Metadata-Version: 2.1\nName: broken\nVersion: 1\n')
        files[os.path.join(info, 'entry_points.txt')] = (
            '[trove.datastore.options]\n' + entries)
        for path, text in files.items():
            with open(path, 'w') as out:
                out.write(text)

    def test_each_is_named_and_left_out(self):
        site = self.enterContext(tempfile.TemporaryDirectory())
        self._install(site)
        path = os.pathsep.join([os.environ['PYTHONPATH'], site])
        result = subprocess.run(
            [sys.executable, '-s', '-W', 'ignore', '-c', LOOK],
            env=dict(os.environ, XDG_CACHE_HOME=site, PYTHONPATH=path),
            capture_output=True, text=True)
        self.assertEqual('/var/lib/antpickax/k2hdkc /var/lib/mysql\n',
                         result.stdout, result.stderr)
        for name, reason in self.REASONS.items():
            self.assertIn("Could not load '%s': %s" % (name, reason),
                          result.stderr)
