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

"""Cluster operations of the task manager.

However one ends, the cluster is free for the next: a failure shows in the
status of the members that it concerns.
"""

import contextlib
import time

from oslo_log import log as logging

from trove.common import cfg
from trove.common import exception
from trove.common.strategies.cluster import base
from trove.common import utils
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks
from trove.taskmanager import api as task_api
from trove.taskmanager import models as task_models

from trove_k2hdkc.cluster import health
from trove_k2hdkc.control import abandoned
from trove_k2hdkc.control import backups
from trove_k2hdkc.control import restarts
from trove_k2hdkc.control import rings
from trove_k2hdkc.control import rows
from trove_k2hdkc import MANAGER
from trove_k2hdkc import ring

CONF = cfg.CONF
LOG = logging.getLogger(__name__)
TASKS = instance_tasks.InstanceTasks
READY = health.STATUSES.INSTANCE_READY

NOT_READY = 'Not every new member of the cluster was ready'


class TaskManagerStrategy(base.BaseTaskManagerStrategy):

    @property
    def task_manager_api_class(self):
        return task_api.API

    @property
    def task_manager_cluster_tasks_class(self):
        return ClusterTasks


class ClusterTasks(task_models.ClusterTasks):

    @contextlib.contextmanager
    def _task(self, failure, concerned):
        """Free the cluster at the end, and mark members of a failed task.

        :param failure: task status of a member that it failed for
        :param concerned: list of ids of those members; what is in it when
            the task fails counts
        """
        try:
            yield
        except Exception as error:
            LOG.error('Cluster %s: %s', self.id, error)
            for member in self._members():
                if member.id in concerned:
                    _tell(member, error)
                    rows.write(member.id, failure)
            raise
        finally:
            self.reset_task()

    def _members(self):
        return instance_models.DBInstance.find_all(
            cluster_id=self.id, deleted=False).all()

    def _guest(self, context, member_id):
        return self.get_guest(instance_models.Instance.load(context,
                                                            member_id))

    def create_cluster(self, context, cluster_id):
        ids = [member.id for member in self._members()]
        with self._task(TASKS.BUILDING_ERROR_SERVER, ids):
            self._complete(context, ids)

    def grow_cluster(self, context, cluster_id, new_instance_ids):
        with self._task(TASKS.GROWING_ERROR, new_instance_ids):
            self._complete(context, new_instance_ids)

    def _complete(self, context, ids):
        """Wait until members are ready, and tell each that all are.

        Nothing says here whether they load backups, for which they have
        longer. So beyond usage_timeout those are waited for that a task
        manager still waits for itself.
        """
        begun = time.monotonic()
        _wait(lambda: _are_ready(ids, time.monotonic() - begun),
              CONF.usage_sleep_time, backups.seconds_to_restore(), NOT_READY)
        for member_id in ids:
            self._guest(context, member_id).cluster_complete()

    def shrink_cluster(self, context, cluster_id, instance_ids):
        with self._task(TASKS.SHRINKING_ERROR, instance_ids):
            leaving = [member for member in self._members()
                       if member.id in instance_ids]
            for member in leaving:
                # To be seen should this task be abandoned.
                rows.write(member.id, TASKS.DELETING)
            # One after the other: each time the others take over its data.
            for member in leaving:
                if health.is_in_ring(member.id):
                    self._guest(context, member.id).leave_ring(
                        CONF.get(MANAGER).leave_timeout)
            for member in leaving:
                self._delete_member(context, member)
            _wait(lambda: not any(member.id in instance_ids
                                  for member in self._members()),
                  2, CONF.cluster_delete_time_out,
                  'The members that left the ring were not deleted')
            rings.forget(context, self.tenant_id, [], _servers(leaving))

    @staticmethod
    def _delete_member(context, member):
        if member.task_status == TASKS.BUILDING:
            # What is being built refuses to be deleted.
            rows.write(member.id, TASKS.BUILDING_ERROR_SERVER)
        instance_models.load_any_instance(context, member.id).delete()

    def delete_cluster(self, context, cluster_id):
        servers = _servers(self._members())
        # Nodes that end in peace leave K2HR3 by themselves; until then it
        # knows where they are, whatever their group says.
        names = {rings.wanted_by(self.db_info, self.name),
                 *rings.of_nodes(context, self.tenant_id, servers)}
        try:
            _wait(lambda: not self._members(), 2,
                  CONF.cluster_delete_time_out,
                  'Not every member of cluster %s was gone' % cluster_id)
        except exception.TroveError:
            # Deleting it again goes on from here.
            for member in self._members():
                rows.write(member.id, TASKS.SHRINKING_ERROR)
            self.reset_task()
            raise
        # As long as the cluster is there nobody else gets its ring.
        rings.forget(context, self.tenant_id, names, servers, but=cluster_id)
        super(ClusterTasks, self).delete_cluster(context, cluster_id)

    def restart_cluster(self, context, cluster_id):
        """Restart one member after the other, in the ring of now.

        The next one waits for the ring: members that come and go while it
        moves data may keep it from ever being done.
        """
        concerned = [member.id for member in self._members()]
        with self._task(TASKS.BUILDING_ERROR_SERVER, concerned):
            values = rings.values(self.tenant_id, self.ds_version,
                                  self.configuration_id)
            told = rings.register_for_cluster(
                context, self.tenant_id, rings.name_of(values, self.name),
                values, cluster_id)
            overrides = rings.overrides_of(self.tenant_id,
                                           self.configuration_id)
            overrides[ring.KEY] = ring.packed(told)
            for member in self._members():
                # So are those that a failure or a killed task leaves out.
                rows.write(member.id, TASKS.RESTART_REQUIRED)
            for member in self._members():
                concerned[:] = [member.id]
                self._restart_member(context, member, overrides)

    def _restart_member(self, context, member, overrides):
        rows.write(member.id, TASKS.REBOOTING)
        guest = self._guest(context, member.id)
        if health.service(member.id).get_status() == READY:
            # What made it failed or was killed before it could say so.
            guest.cluster_complete()
        with restarts.moving(context, member, guest.ring_name(),
                             overrides[ring.KEY]['name']):
            guest.update_overrides(overrides)
            guest.restart()
            guest.settle(CONF.get(MANAGER).settle_timeout)
        # Where an attachment ended half way some members have another group,
        # and Trove would hand them the changes of it.
        rows.write(member.id, TASKS.NONE,
                   configuration_id=self.configuration_id)

    def upgrade_cluster(self, context, cluster_id, datastore_version):
        """Upgrade one member after the other; the first failure ends it."""
        concerned = [member.id for member in self._members()]
        with self._task(TASKS.UPGRADING_ERROR, concerned):
            for member in self._members():
                concerned[:] = [member.id]
                rows.write(member.id, TASKS.UPGRADING,
                           datastore_version_id=datastore_version.id)
                guest = self._guest(context, member.id)
                guest.upgrade_and_wait(datastore_version.version)
                guest.settle(CONF.get(MANAGER).settle_timeout)
                rows.write(member.id, restarts.after(guest))


def _servers(members):
    return [member.compute_instance_id for member in members]


def _wait(condition, sleep_time, time_out, what):
    try:
        utils.poll_until(condition, sleep_time=sleep_time, time_out=time_out)
    except exception.PollTimeOut:
        raise exception.TroveError('%s within %d s.' % (what, time_out))


def _tell(member, error):
    """Keep the reason for the user, who cannot read this log."""
    row = instance_models.DBInstance.find_by(id=member.id)
    if not (row.get_task_status().is_error or
            health.service(member.id).get_status() in health.FAILED):
        # One that failed by itself has told its own reason.
        instance_models.save_instance_fault(member.id, str(error), '')


def _are_ready(ids, waited):
    missing = [member for member in ids if not _is_ready(member)]
    if waited > CONF.usage_timeout:
        for member in missing:
            if not abandoned.is_claimed(
                    instance_models.DBInstance.find_by(id=member)):
                raise exception.TroveError(
                    '%s within %d s.' % (NOT_READY, waited))
    return not missing


def _is_ready(member_id):
    """Tell whether a new member waits for its cluster.

    :raises TroveError: it never will
    """
    status = health.service(member_id).get_status()
    task = instance_models.DBInstance.find_by(id=member_id).get_task_status()
    if status in health.FAILED or task.is_error:
        raise exception.TroveError(
            'Member %s could not be built: %s. Its own fault says why.'
            % (member_id, task.db_text if task.is_error else
               status.description))
    return status == READY
