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

"""K2HDKC as the guest agent sees it."""

import docker
from oslo_log import log as logging

from trove.common import cfg
from trove.common import exception
from trove.common import utils
from trove.guestagent.common import operating_system
from trove.guestagent.datastore import service
from trove.instance import service_status

from trove_k2hdkc.guestagent import backup
from trove_k2hdkc.guestagent import container
from trove_k2hdkc.guestagent import store
from trove_k2hdkc import MANAGER
from trove_k2hdkc import parameters
from trove_k2hdkc import ring

LOG = logging.getLogger(__name__)
CONF = cfg.CONF

STATUS_OF_HEALTH = {
    'healthy': service_status.ServiceStatuses.HEALTHY,
    'starting': service_status.ServiceStatuses.RUNNING,
    'unhealthy': service_status.ServiceStatuses.CRASHED,
}

# Docker starts a container again that has ended. One that ended this often
# will not get better.
RESTARTS = 2


class K2hdkcStatus(service.BaseDbStatus):

    def get_actual_db_status(self):
        """Take the health check of the image as the status.

        An image without one can only be seen running. The state is read from
        the container itself: releases before 2025.2 have no helper for it.
        """
        found = container.find(self.docker_client)
        if found is None:
            return service_status.ServiceStatuses.SHUTDOWN
        state = found.attrs['State']
        if state.get('Status') != 'running':
            return service_status.ServiceStatuses.SHUTDOWN
        health = (state.get('Health') or {}).get('Status', 'starting')
        return STATUS_OF_HEALTH.get(health,
                                    service_status.ServiceStatuses.UNKNOWN)


class K2hdkcApp(service.BaseDbApp):

    def __init__(self, status, docker_client):
        super(K2hdkcApp, self).__init__(status, docker_client)
        self.store = store.Store(CONF.get(MANAGER).mount_point)
        self._left_backup = self.store.backup()

    def prepare_data(self):
        """Give the data volume to the user of the container."""
        options = CONF.get(MANAGER)
        operating_system.ensure_directory(
            options.mount_point, user=options.database_service_uid,
            group=options.database_service_gid, as_root=True)

    def start_db(self, update_db=False, ds_version=None):
        """Start K2HDKC with what is stored, and wait until it serves.

        :raises TroveError: it does not; its container is stopped then
        """
        told = self.store.ring()
        if told is None:
            raise exception.TroveError(
                'The instance was not told of its ring in K2HR3. Set '
                'taskmanager_manager in [DEFAULT] of trove.conf to '
                'trove_k2hdkc.taskmanager.Manager, restart the task manager, '
                'and restart or create the instance again.')
        version = (ds_version or self.store.version() or
                   CONF.datastore_version)
        values = self.store.parameters()
        container.start(
            self.docker_client, container.image('docker_image', version),
            values, told, backup.user(), self.store.queue_limit())
        replicas, before = int(values['chmpx-replica']), self.store.replicas()
        self.store.update(version=version, replicas=min(
            replicas, replicas if before is None else before))
        self._wait_until_healthy()
        if update_db:
            self.status.set_status(self.status.status)

    def _wait_until_healthy(self):
        try:
            utils.poll_until(self._is_healthy,
                             sleep_time=CONF.state_change_poll_time,
                             time_out=CONF.state_change_wait_time)
        except (exception.PollTimeOut, _Died) as end:
            said = container.last_lines(container.log(self.docker_client))
            container.stop(self.docker_client)
            raise exception.TroveError(
                'K2HDKC %s. Its container says: %s'
                % (end if isinstance(end, _Died) else
                   'did not serve within %d s' % CONF.state_change_wait_time,
                   said))

    def _is_healthy(self):
        found = container.find(self.docker_client)
        if found is None or found.status in ('exited', 'dead'):
            raise _Died('ended')
        if found.attrs.get('RestartCount', 0) > RESTARTS:
            raise _Died('keeps ending')
        self.status.status = self.status.get_actual_db_status()
        return (self.status.status ==
                service_status.ServiceStatuses.HEALTHY)

    def stop_db(self, update_db=False):
        LOG.info('Stopping K2HDKC.')
        try:
            container.stop(self.docker_client)
        except docker.errors.APIError as error:
            raise exception.TroveError('K2HDKC could not be stopped: %s'
                                       % error)
        if not self.status.wait_for_status(
                service_status.ServiceStatuses.SHUTDOWN,
                CONF.state_change_wait_time, update_db):
            raise exception.TroveError(
                'The container of K2HDKC still runs after it was stopped.')

    def restart(self):
        """Start a new container, with the configuration of now."""
        self.start_db(update_db=True)

    def start_db_with_conf_changes(self, config_contents, ds_version):
        # Releases differ in what they call the version here, and a resize
        # does not change it.
        self.reset_configuration(config_contents)
        self.start_db(update_db=True,
                      ds_version=self.store.version() or ds_version)

    def upgrade(self, version):
        self.start_db(update_db=True, ds_version=version)

    def reset_configuration(self, configuration):
        self.store.update(template=configuration)

    def assert_usable(self, overrides):
        """Refuse values that no restart would bring into effect.

        :raises UnprocessableEntity: K2HDKC could not be run with them
        """
        parameters.check_ports(self.store.parameters_with(overrides),
                               CONF.get(MANAGER).tcp_ports)

    def update_overrides(self, overrides):
        """Keep the values of a configuration group, all of them.

        Those that come with a ring hold from the next start on, others wait
        for one.
        """
        values, told = ring.split(overrides)
        self.store.update(overrides=values, **(
            {'ring': told, 'in_force': values} if told else {}))

    def apply_overrides(self):
        """Refuse what Trove would say is in effect, when it is not.

        Trove wants values applied at once where no parameter of a group
        needs a restart, and a group that was emptied has none.

        :raises UnprocessableEntity: they need one
        """
        if self.store.needs_restart():
            raise exception.UnprocessableEntity(
                'The configuration is stored, and not in effect: K2HR3 is '
                'told of it when the instance, or its cluster, is restarted. '
                'Restart it.')

    def leave_ring(self, seconds):
        container.leave(self.docker_client, seconds)

    def settle(self, seconds):
        container.settle(seconds)

    def create_backup(self, context, backup_info, volumes_mapping={},
                      need_dbuser=True, extra_params=''):
        self.fail_left_backup()
        backup.create(self.docker_client, context, backup_info,
                      self.store)

    def fail_left_backup(self):
        """Let the backup end that this agent was making before it started."""
        left, self._left_backup = self._left_backup, None
        try:
            if left:
                backup.fail_left(self.docker_client, left, self.store)
        except Exception:
            # To be tried again.
            self._left_backup = left
            raise

    def restore_backup(self, context, backup_info, restore_location):
        backup.restore(self.docker_client, context, backup_info, self.store)

    def write_log(self, path):
        """Put what the container has logged into a file."""
        with open(path, 'wb') as copy:
            copy.write(container.log(self.docker_client))


class _Died(Exception):
    """The container that is waited for has ended."""
