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

import time

from oslo_log import log as logging
from oslo_service import periodic_task

from trove.common import cfg
from trove.common import notification
from trove.guestagent.common import guestagent_utils
from trove.guestagent.datastore import manager
from trove.guestagent import guest_log
from trove.instance import service_status

from trove_k2hdkc.guestagent import service
from trove_k2hdkc import MANAGER
from trove_k2hdkc import ring

LOG = logging.getLogger(__name__)
CONF = cfg.CONF

LOG_NAME = 'k2hdkc'

# Seconds in which the order to prepare comes: it waits in its queue before
# the guest has started. RabbitMQ loses it when it is killed.
ORDER_TIMEOUT = 300


class Manager(manager.Manager):

    def __init__(self):
        super(Manager, self).__init__(MANAGER)
        self.status = service.K2hdkcStatus(self.docker_client)
        self.app = service.K2hdkcApp(self.status, self.docker_client)
        self._started = time.monotonic()

    @periodic_task.periodic_task(spacing=30)
    def give_up_waiting(self, context):
        """Say that nothing will come of this guest when no order has come.

        Nor does anything when the agent ended amid its preparation. Without
        this Trove waits for usage_timeout.
        """
        waited = time.monotonic() - self._started
        if (self.status.status is None and not self.status.is_installed and
                waited > ORDER_TIMEOUT):
            LOG.error('No order to prepare has come within %d s: RabbitMQ '
                      'may have lost it. Delete the instance and create '
                      'another.', ORDER_TIMEOUT)
            self.status.set_status(service_status.ServiceStatuses.FAILED,
                                   force=True)

    @periodic_task.periodic_task(spacing=30)
    def fail_left_backup(self, context):
        self.app.fail_left_backup()

    def do_prepare(self, context, packages, databases, memory_mb, users,
                   device_path, mount_point, backup_info, config_contents,
                   root_password, overrides, cluster_config, snapshot,
                   ds_version=None):
        self.app.prepare_data()
        values, told = ring.split(overrides)
        self.app.store.update(
            template=config_contents, overrides=values, in_force=values,
            version=ds_version, ring=told or ring.unpacked(
                (cluster_config or {}).get(ring.KEY)))
        # A new member of a restored cluster loads the backups of all members
        # of the old one. The ring then has each key once.
        for backup in ([backup_info] if backup_info else
                       (cluster_config or {}).get(ring.BACKUPS_KEY, [])):
            self.perform_restore(context, CONF.get(MANAGER).mount_point,
                                 backup)
        self.app.start_db(ds_version=ds_version)

    def rebuild(self, context, ds_version, config_contents=None,
                config_overrides=None):
        """Start K2HDKC in a new server, on the data volume of the old."""
        self.status.begin_install()
        failed = True
        try:
            self.app.prepare_data()
            self.app.store.update(template=config_contents)
            self.app.update_overrides(config_overrides)
            self.app.start_db(ds_version=ds_version)
            failed = False
        finally:
            self.status.end_install(error_occurred=failed)

    def upgrade(self, context, upgrade_info):
        """Start K2HDKC from the image of another datastore version."""
        try:
            self.app.upgrade(upgrade_info['datastore_version'])
        except Exception:
            # The task manager looks at the status, and would wait for long.
            self.status.set_status(service_status.ServiceStatuses.FAILED)
            raise

    def reset_configuration(self, context, configuration):
        self.app.reset_configuration(configuration['config_contents'])

    def update_overrides(self, context, overrides, remove=False):
        """Keep the values of a configuration group, all of them.

        Trove's own logs what it is given, and the ring has a token in it.

        :raises UnprocessableEntity: K2HDKC could not be run with them; the
            API waits for this before it attaches the group
        """
        overrides = {} if remove else overrides
        values, told = ring.split(overrides)
        LOG.info('Values of the configuration group: %s',
                 ', '.join(sorted(values)) or 'none')
        if values and not told:
            self.app.assert_usable(values)
        self.app.update_overrides(overrides)

    def apply_overrides(self, context, overrides):
        self.app.apply_overrides()

    def leave_ring(self, context, seconds):
        """Leave the ring for good; the other members take over the data.

        :param seconds: how long they may take
        """
        self.app.leave_ring(seconds)

    def settle(self, context, seconds):
        """Wait until the ring moves no data.

        :param seconds: how long it may take
        """
        self.app.settle(seconds)

    def needs_restart(self, context):
        """Tell whether there are values that wait for a restart."""
        return self.app.store.needs_restart()

    def runs_with(self, context, overrides):
        """Tell whether the node runs with the values of a group."""
        return self.app.store.runs_with(overrides)

    def replicas(self, context):
        """Return how many further copies there surely are of each key."""
        return self.app.store.replicas()

    def running_version(self, context):
        """Return the datastore version that was started last, or None."""
        return self.app.store.version()

    def ring_name(self, context):
        """Return the name of the ring, None before it was told."""
        told = self.app.store.ring()
        return told and told.name

    def create_backup(self, context, backup_info):
        # Of that of a cluster the API has named the cluster.
        with notification.EndNotification(context,
                                          instance_id=CONF.guest_id):
            self.app.create_backup(context, backup_info)

    def get_datastore_log_defs(self):
        return {LOG_NAME: {
            self.GUEST_LOG_TYPE_LABEL: guest_log.LogType.SYS,
            self.GUEST_LOG_USER_LABEL: None,
            self.GUEST_LOG_FILE_LABEL: self._log_file(),
        }}

    def guest_log_list(self, context):
        self.app.write_log(self._log_file())
        return super(Manager, self).guest_log_list(context)

    def guest_log_action(self, context, log_name, enable, disable,
                         publish, discard):
        self.app.write_log(self._log_file())
        return super(Manager, self).guest_log_action(
            context, log_name, enable, disable, publish, discard)

    def _log_file(self):
        return guestagent_utils.build_file_path(
            CONF.log_dir or '/var/log/trove', 'k2hdkc-container.log')
