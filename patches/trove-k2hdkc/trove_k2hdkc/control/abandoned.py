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

"""Tasks that nobody works on any more.

A task manager that is killed takes its work with it, and a message broker
what it has not handed over: the cluster would have its task for ever, and
refuse all others. So whoever works on a task says so again and again, by the
time at which its row was written last. A task that nobody has claimed for
abandoned_task_time_out is given up: members that it was about get a failure
status with the reason, and the cluster is free. So is an instance of its own,
and a backup that no guest agent works on.
"""

import contextlib
import datetime

from oslo_log import log as logging
from oslo_utils import timeutils

from trove.backup import models as backup_models
from trove.backup import state
from trove.cluster import models as cluster_models
from trove.cluster import tasks as cluster_tasks
from trove.common import cfg
from trove.common import exception
from trove.datastore import models as datastore_models
from trove import db
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks

from trove_k2hdkc.cluster import health
from trove_k2hdkc.control import backups
from trove_k2hdkc.control import servers
from trove_k2hdkc import MANAGER

CONF = cfg.CONF
LOG = logging.getLogger(__name__)
CLUSTER_TASKS = cluster_tasks.ClusterTasks
TASKS = instance_tasks.InstanceTasks
BACKUP = backup_models.DBBackup
STATES = state.BackupState

# Task statuses of a member that end by themselves while somebody works.
UNDER_WAY = (TASKS.BUILDING, TASKS.DELETING, TASKS.REBOOTING,
             TASKS.UPGRADING)
# Those of a cluster that has new members.
BUILDING = (CLUSTER_TASKS.BUILDING_INITIAL, CLUSTER_TASKS.GROWING_CLUSTER)

# What becomes of the task of a single instance. Of one in error Trove takes
# little more than an upgrade, other rules of access, a reboot and its
# deletion; where a restart may do, it takes that and another try too.
AFTER = {
    TASKS.BUILDING.code: TASKS.BUILDING_ERROR_SERVER,
    TASKS.DELETING.code: TASKS.SHRINKING_ERROR,
    TASKS.REBOOTING.code: TASKS.RESTART_REQUIRED,
    TASKS.RESIZING.code: TASKS.RESTART_REQUIRED,
    TASKS.MIGRATING.code: TASKS.RESTART_REQUIRED,
    TASKS.UPGRADING.code: TASKS.UPGRADING_ERROR,
    TASKS.UPDATING.code: TASKS.UPDATING_ERROR_ACCESS,
}

# A guest agent ends a backup after four hours, and then says so.
LONGEST_BACKUP = datetime.timedelta(hours=5)


class Claims:
    """What one task manager works on."""

    def __init__(self):
        self._rows = set()

    @contextlib.contextmanager
    def on(self, model, row_id):
        """Claim the row of a cluster or an instance while within."""
        self._rows.add((model, row_id))
        try:
            yield
        finally:
            self._rows.discard((model, row_id))

    def renew(self):
        for model, row_id in tuple(self._rows):
            # Not by save(), which would write back a task that has ended.
            query = db.get_db_api().find_all(model, id=row_id)
            query.update({'updated': timeutils.utcnow()},
                         synchronize_session=False)
            query.session.commit()


def _oldest_claim():
    return timeutils.utcnow() - datetime.timedelta(
        seconds=CONF.get(MANAGER).abandoned_task_time_out)


def is_claimed(row):
    """Tell whether a task manager works on a cluster or an instance."""
    return row.updated >= _oldest_claim()


def give_up():
    """Give up every task of K2HDKC that nobody has claimed for long."""
    before = _oldest_claim()
    for version in datastore_models.DBDatastoreVersion.find_all(
            manager=MANAGER).all():
        wanted = {'datastore_version_id': version.id, 'deleted': False}
        for row in cluster_models.DBCluster.find_all(**wanted).all():
            if row.task_status != CLUSTER_TASKS.NONE and row.updated < before:
                _give_up_cluster(row)
        for row in instance_models.DBInstance.find_all(
                cluster_id=None, **wanted).all():
            failure = AFTER.get(row.task_id)
            if failure and row.updated < before and servers.is_at_rest(row):
                LOG.error('Nobody works on instance %s any more: %s is given '
                          'up.', row.id, row.get_task_status().action)
                _fail(row, failure)
        for row in _running_backups(version.id):
            reason = row.updated < before and _end_of_backup(row, before)
            if reason:
                backups.fail(row, reason)


def _give_up_cluster(cluster):
    LOG.error('Nobody works on cluster %s any more: %s is given up.',
              cluster.id, cluster.task_status.name)
    failure = {
        CLUSTER_TASKS.GROWING_CLUSTER.code: TASKS.GROWING_ERROR,
        CLUSTER_TASKS.SHRINKING_CLUSTER.code: TASKS.SHRINKING_ERROR,
        CLUSTER_TASKS.DELETING.code: TASKS.SHRINKING_ERROR,
        CLUSTER_TASKS.UPGRADING_CLUSTER.code: TASKS.UPGRADING_ERROR,
    }.get(cluster.task_id, TASKS.BUILDING_ERROR_SERVER)
    for member in instance_models.DBInstance.find_all(
            cluster_id=cluster.id, deleted=False).all():
        if _is_concerned(cluster, member):
            _fail(member, failure)
    row = cluster_models.DBCluster.find_by(id=cluster.id)
    row.task_status = CLUSTER_TASKS.NONE
    row.save()


def _is_concerned(cluster, member):
    task = member.get_task_status()
    return task in UNDER_WAY or (
        cluster.task_status in BUILDING and not task.is_error and
        not health.is_alive(member.id))


def _fail(row, failure):
    instance_models.save_instance_fault(
        row.id, 'The task manager was stopped while it worked on this, or '
        'never got to know of it. Try it again; what was being built must '
        'be deleted first.', '')
    row.set_task_status(failure)
    row.save()


def _running_backups(version_id):
    with BACKUP.query() as query:
        return query.filter(
            BACKUP.datastore_version_id == version_id,
            BACKUP.state.in_(STATES.RUNNING_STATES)).filter_by(
                deleted=False).all()


def _end_of_backup(row, before):
    """Return why nothing will come of a backup, None when something may.

    A guest agent says that it has begun with it, and nothing more until the
    end: it works on it as long as it lives. One that was started again
    says itself what it has left.
    """
    if row.state == STATES.NEW:
        return 'the guest agent never got the order to make it'
    try:
        heartbeat = instance_models.InstanceServiceStatus.find_by(
            instance_id=row.instance_id).updated_at
    except exception.ModelNotFoundError:
        return 'its instance is gone'
    if heartbeat < before:
        return 'the guest agent does not answer any more'
    if row.updated < timeutils.utcnow() - LONGEST_BACKUP:
        return 'the guest agent did not say how it ended'
