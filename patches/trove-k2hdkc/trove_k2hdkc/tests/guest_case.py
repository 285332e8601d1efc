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
import tempfile
from unittest import mock

import docker
from oslo_concurrency import processutils

# Options of the guest agent alone are registered by its command.
from trove.cmd import guest  # noqa
from trove.common import cfg
from trove.tests.unittests import trove_testtools

from trove_k2hdkc.guestagent import container
from trove_k2hdkc.guestagent import manager
from trove_k2hdkc.guestagent import store
from trove_k2hdkc import ring
from trove_k2hdkc.tests import fake_docker
from trove_k2hdkc.tests import test_package_data

CONF = cfg.CONF

RING = ring.Ring('ring1', 'http://k2hr3:18080/v1/extdata/trove/secret')


class GuestCase(trove_testtools.TestCase):
    """A guest agent with a data volume and a stand-in for docker."""

    def setUp(self):
        super(GuestCase, self).setUp()
        self.patch_datastore_manager('k2hdkc')
        self.volume = self.enterContext(tempfile.TemporaryDirectory())
        self.template = test_package_data.read('config.template')
        self.engine = fake_docker.FakeDocker()
        self.from_env = self.enterContext(mock.patch.object(
            docker, 'from_env', return_value=self.engine))
        for name, value in (('mount_point', self.volume),
                            ('docker_image', 'registry:5000/k2hdkc'),
                            ('backup_docker_image', 'registry:5000/backup'),
                            ('database_service_uid', str(os.getuid())),
                            ('database_service_gid', str(os.getgid()))):
            self.set_option(name, value)
        self.set_option('state_change_wait_time', 1, None)
        self.set_option('state_change_poll_time', 0, None)
        self.set_option('state_healthy_counts', 1, None)
        # There is no sudo for tests that do not run as root.
        self.enterContext(mock.patch.object(
            store, '_as_root', side_effect=self._without_sudo))
        self.manager = manager.Manager()
        self.app = self.manager.app
        self.heartbeats = self.enterContext(mock.patch.object(
            type(self.manager.status), 'set_status', autospec=True))

    def _without_sudo(self, *argv):
        return processutils.execute(*argv)

    def set_option(self, name, value, group='k2hdkc'):
        CONF.set_override(name, value, group)
        self.addCleanup(CONF.clear_override, name, group)

    def prepare(self, overrides=None, cluster_config=None, backup_info=None,
                version='1.0.19', context=None):
        self.manager.do_prepare(
            context, [], [], 512, [], '/dev/vdb', self.volume, backup_info,
            self.template, None, overrides, cluster_config, None,
            ds_version=version)

    def prepare_single(self, **overrides):
        self.prepare(dict(overrides, **{ring.KEY: ring.packed(RING)}))

    def running(self):
        return self.engine.made[container.NAME]

    def environment(self):
        return dict(variable.split('=', 1)
                    for variable in self.running().config['Env'])
