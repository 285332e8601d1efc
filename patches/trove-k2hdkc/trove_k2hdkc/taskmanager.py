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

"""The task manager of Trove, which tells K2HR3 of single instances too.

Set in [DEFAULT] of trove.conf as taskmanager_manager. Members of clusters
and instances of other datastores pass through it as they are.
"""

import contextlib
import functools
import traceback

from oslo_service import periodic_task

from trove.backup import models as backup_models
from trove.cluster import models as cluster_models
from trove.common import cfg
from trove.common import exception
from trove.common import notification
from trove.common import server_group
from trove.datastore import models as datastore_models
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks
from trove.taskmanager import manager
from trove.taskmanager import models as task_models

from trove_k2hdkc.control import abandoned
from trove_k2hdkc.control import backups
from trove_k2hdkc.control import emptied
from trove_k2hdkc.control import restarts
from trove_k2hdkc.control import rings
from trove_k2hdkc.control import rows
from trove_k2hdkc.control import singles
from trove_k2hdkc.control import volumes
from trove_k2hdkc import MANAGER
from trove_k2hdkc import ring

CONF = cfg.CONF
TASKS = instance_tasks.InstanceTasks


def _claimed(name):
    """Return the task `name` of a cluster, claimed while it goes on."""
    @functools.wraps(getattr(manager.Manager, name))
    def task(self, context, cluster_id, *arguments, **others):
        with self.claims.on(cluster_models.DBCluster, cluster_id):
            getattr(super(Manager, self), name)(context, cluster_id,
                                                *arguments, **others)
    return task


def _claimed_instance(name):
    """Return the task `name` of an instance, claimed if it is of K2HDKC."""
    @functools.wraps(getattr(manager.Manager, name))
    def task(self, context, instance_id, *arguments, **others):
        with self._claim(context, _row(instance_id)):
            getattr(super(Manager, self), name)(context, instance_id,
                                                *arguments, **others)
    return task


class Manager(manager.Manager):

    def __init__(self):
        super(Manager, self).__init__()
        self.claims = abandoned.Claims()
        self.emptied = emptied.Emptied()

    create_cluster = _claimed('create_cluster')
    grow_cluster = _claimed('grow_cluster')
    shrink_cluster = _claimed('shrink_cluster')
    restart_cluster = _claimed('restart_cluster')
    upgrade_cluster = _claimed('upgrade_cluster')
    delete_cluster = _claimed('delete_cluster')
    resize_flavor = _claimed_instance('resize_flavor')
    reboot = _claimed_instance('reboot')
    migrate = _claimed_instance('migrate')
    rebuild = _claimed_instance('rebuild')
    update_access = _claimed_instance('update_access')

    @contextlib.contextmanager
    def _claim(self, context, row):
        if not _is_ours(row):
            yield
            return
        with self.claims.on(instance_models.DBInstance, row.id):
            with restarts.kept(row.id, functools.partial(singles.guest,
                                                         context, row.id)):
                yield

    # Not rarer than report_interval, at which Trove looks what is due.
    @periodic_task.periodic_task(spacing=1)
    def give_up_abandoned_tasks(self, context):
        self.claims.renew()
        abandoned.give_up()

    @periodic_task.periodic_task(spacing=1)
    def tell_of_emptied_groups(self, context):
        self.emptied.tell(singles.guest)

    def create_instance(self, context, instance_id, **arguments):
        """Put the ring into K2HR3 before anything of the instance is made."""
        if arguments.get('datastore_manager') != MANAGER:
            super(Manager, self).create_instance(context, instance_id,
                                                 **arguments)
            return
        with self.claims.on(instance_models.DBInstance, instance_id):
            if not arguments.get('cluster_config'):
                with _told(context, instance_id, TASKS.BUILDING_ERROR_SERVER):
                    singles.refuse(arguments)
                    arguments['overrides'] = singles.overrides(
                        context, _row(instance_id))
            elif arguments['cluster_config'].get(ring.BACKUPS_KEY):
                _create_restored(context, instance_id, **arguments)
                return
            super(Manager, self).create_instance(context, instance_id,
                                                 **arguments)

    def restart(self, context, instance_id):
        """Restart in the ring that the configuration group names.

        Of a guest that cannot, Trove keeps nothing but a line in its log.
        """
        row = _row(instance_id)
        if not _is_single(row):
            with self._claim(context, row):
                super(Manager, self).restart(context, instance_id)
            return
        with self._claim(context, row):
            with _told(context, instance_id, TASKS.RESTART_REQUIRED):
                overrides = singles.overrides(context, row)
                guest = singles.guest(context, instance_id)
                volumes.put_back(context, instance_id, guest)
                with restarts.moving(context, row, guest.ring_name(),
                                     overrides[ring.KEY]['name']):
                    guest.update_overrides(overrides)
                    guest.restart()
            with notification.EndNotification(context):
                rows.write(instance_id, TASKS.NONE)

    def resize_volume(self, context, instance_id, new_size):
        """Go on from where one that was abandoned has stopped."""
        row = _row(instance_id)
        if not _is_ours(row):
            super(Manager, self).resize_volume(context, instance_id,
                                               new_size)
            return
        with self._claim(context, row):
            with _told(context, instance_id, TASKS.RESTART_REQUIRED):
                guest = singles.guest(context, instance_id)
                size = volumes.put_back(context, instance_id, guest)
                is_extended = size is not None and size >= int(new_size)
                if is_extended:
                    volumes.grow(context, instance_id)
                    guest.restart()
            if not is_extended:
                with restarts.possible(instance_id):
                    super(Manager, self).resize_volume(context, instance_id,
                                                       new_size)
                return
            with notification.EndNotification(context):
                rows.write(instance_id, TASKS.NONE)

    def upgrade(self, context, instance_id, datastore_version_id):
        """Upgrade, and wait until the guest says how that ended.

        Trove waits for a healthy status. That of the old node is one, as long
        as the new image is pulled, and again after that has failed.
        """
        row = _row(instance_id)
        if not _is_ours(row):
            super(Manager, self).upgrade(context, instance_id,
                                         datastore_version_id)
            return
        version = datastore_models.DatastoreVersion.load_by_uuid(
            datastore_version_id)
        with self._claim(context, row):
            with _told(context, instance_id, TASKS.UPGRADING_ERROR):
                guest = singles.guest(context, instance_id)
                # Trove shows the new one from the beginning, and 2024.1 does
                # nothing when it is asked for what it shows.
                runs = singles.running_version(row, guest)
                rows.write(instance_id, datastore_version_id=runs.id)
                guest.upgrade_and_wait(version.version)
            with notification.EndNotification(context):
                rows.write(instance_id, TASKS.NONE,
                           datastore_version_id=version.id)

    def create_backup(self, context, backup_info, instance_id):
        """Refuse what the guest agent is not asked to do.

        Trove makes a snapshot of the volume by itself where it is told to.
        """
        reason = _is_ours(_row(instance_id)) and backups.unusable(
            backup_info.get('storage_driver'))
        if not reason:
            super(Manager, self).create_backup(context, backup_info,
                                               instance_id)
            return
        with notification.EndNotification(context,
                                          backup_id=backup_info['id']):
            raise exception.TroveError(backups.fail(
                backup_models.DBBackup.find_by(id=backup_info['id']),
                reason))

    def delete_instance(self, context, instance_id):
        row = _row(instance_id)
        if not _is_single(row):
            super(Manager, self).delete_instance(context, instance_id)
            return
        server = row.compute_instance_id
        project = row.tenant_id
        with self.claims.on(instance_models.DBInstance, instance_id):
            names = singles.names_before_deletion(context, row)
            super(Manager, self).delete_instance(context, instance_id)
        rings.forget(context, project, names, [server], but=instance_id)


def _row(instance_id):
    # Replicas come as a list; K2HDKC has none.
    return instance_models.DBInstance.find_by(id=instance_id)


def _create_restored(context, instance_id, name, slave_of_id, locality,
                     **arguments):
    """Create a member that loads backups as Trove does any instance.

    Trove waits for one longer if that has a backup of its own, and tells its
    guest of that backup. A member has those of all members.
    """
    hints = server_group.ServerGroup.build_scheduler_hint(
        context, locality, instance_id)
    with notification.EndNotification(context, instance_id=instance_id):
        tasks = task_models.FreshInstanceTasks.load(context, instance_id)
        tasks.create_instance(snapshot=None, scheduler_hints=hints,
                              **arguments)
        tasks.wait_for_instance(backups.seconds_to_restore(),
                                arguments['flavor'])


def _is_ours(row):
    return (row.datastore_version_id is not None and
            datastore_models.DatastoreVersion.load_by_uuid(
                row.datastore_version_id).manager == MANAGER)


def _is_single(row):
    return row.cluster_id is None and _is_ours(row)


@contextlib.contextmanager
def _told(context, instance_id, task):
    """What fails within is a fault of the instance, and ends the request.

    :param task: task status of the instance then
    """
    try:
        yield
    except Exception as error:
        # The sentence of an HTTP error; str() of one is its number too.
        reason = getattr(error, 'detail', None) or str(error)
        with notification.EndNotification(context, instance_id=instance_id):
            instance_models.save_instance_fault(instance_id, reason,
                                                traceback.format_exc())
            rows.write(instance_id, task)
            raise exception.TroveError(reason)
