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

"""The K2HDKC container as the guest agent sees it."""

import docker

from trove.common import exception
from trove.guestagent.datastore import service
from trove.instance import service_status

from trove_k2hdkc import MANAGER

CONTAINER = 'database'

STATUS_OF_HEALTH = {
    'healthy': service_status.ServiceStatuses.HEALTHY,
    'starting': service_status.ServiceStatuses.RUNNING,
    'unhealthy': service_status.ServiceStatuses.CRASHED,
}


def not_supported(operation):
    return exception.DatastoreOperationNotSupported(operation=operation,
                                                    datastore=MANAGER)


class K2hdkcStatus(service.BaseDbStatus):

    def get_actual_db_status(self):
        """Take the health check of the image as the status.

        An image without one can only be seen running. The state is read from
        the container itself: releases before 2025.2 have no helper for it.
        """
        try:
            container = self.docker_client.containers.get(CONTAINER)
        except docker.errors.NotFound:
            return service_status.ServiceStatuses.SHUTDOWN
        state = container.attrs['State']
        if state.get('Status') != 'running':
            return service_status.ServiceStatuses.SHUTDOWN
        health = (state.get('Health') or {}).get('Status', 'starting')
        return STATUS_OF_HEALTH.get(health,
                                    service_status.ServiceStatuses.UNKNOWN)


class K2hdkcApp(service.BaseDbApp):
    """What the guest agent can do with K2HDKC.

    It can be stopped. It cannot be started yet, so everything that needs a
    running K2HDKC is refused: the base class would pass in silence or fail
    for a reason that tells nothing.
    """

    def start_db(self, *args, **kwargs):
        raise not_supported('start')

    def start_db_with_conf_changes(self, config_contents, ds_version):
        raise not_supported('start')

    def restart(self):
        raise not_supported('restart')

    def update_overrides(self, overrides):
        raise not_supported('configuration')

    def remove_overrides(self):
        raise not_supported('configuration')

    def create_backup(self, context, backup_info, volumes_mapping={},
                      need_dbuser=True, extra_params=''):
        raise not_supported('backup')

    def restore_backup(self, context, backup_info, restore_location):
        raise not_supported('restore')
