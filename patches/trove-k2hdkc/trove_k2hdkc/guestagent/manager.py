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

"""Guest agent manager of the datastore."""

from trove.common import exception
from trove.guestagent.datastore import manager

from trove_k2hdkc.guestagent import service
from trove_k2hdkc import MANAGER


class Manager(manager.Manager):

    def __init__(self):
        super(Manager, self).__init__(MANAGER)
        self.status = service.K2hdkcStatus(self.docker_client)
        self.app = service.K2hdkcApp(self.status, self.docker_client)

    def do_prepare(self, context, packages, databases, memory_mb, users,
                   device_path, mount_point, backup_info, config_contents,
                   root_password, overrides, cluster_config, snapshot,
                   ds_version=None):
        raise exception.TroveError(
            'This version of trove-k2hdkc makes the datastore known to '
            'Trove. Its guest agent cannot start K2HDKC yet.')

    def upgrade(self, context, upgrade_info):
        # The base class of 2024.1 does nothing and reports success.
        raise service.not_supported('upgrade')
