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

"""Backups of single instances, and of whole clusters.

That of a cluster is one backup per member, under one id.

Trove refuses backups of members, and has no table for what belongs together:
the id, the cluster and the number of its members stand at the beginning of
the description of each. Each can be deleted by itself, and without one of
them keys may be gone.
"""

import collections
import re
import uuid

from oslo_log import log as logging
from oslo_utils import excutils
from oslo_utils import timeutils

from trove.backup import models as backup_models
from trove.backup import state
from trove.cluster import models as cluster_models
from trove.common import cfg
from trove.common import clients
from trove.common import exception
from trove import db
from trove.instance import models as instance_models
from trove.instance import service_status
from trove.instance import tasks as instance_tasks
from trove.quota import quota
from trove.taskmanager import api as task_api

from trove_k2hdkc import MANAGER

MARK = re.compile(r'k2hdkc cluster backup (?P<id>[0-9a-f-]{36}) of '
                  r'(?P<cluster>[0-9a-f-]{36}), (?P<size>[0-9]+) members'
                  r'(: (?P<description>.*))?', re.DOTALL)
CONF = cfg.CONF
LOG = logging.getLogger(__name__)
STATES = state.BackupState

# The only storage driver: that of cinder makes a snapshot of the volume while
# K2HDKC writes to it.
DRIVER = 'swift'

# What a request for a cluster may have among its extended properties.
PROPERTY = 'k2hdkc_backup'

# cluster_size: members that the cluster had. parts: rows of the backups of
# those that are left.
ClusterBackup = collections.namedtuple(
    'ClusterBackup', ['id', 'cluster_id', 'cluster_size', 'name',
                      'description', 'parts'])


def missing(backup):
    """Return the number of members whose backups are gone."""
    return max(0, backup.cluster_size - len(backup.parts))


def state_of(backup):
    """Return the state of all parts together."""
    states = {part.state for part in backup.parts}
    for one in (STATES.FAILED, STATES.DELETE_FAILED):
        if one in states:
            return one
    if states == {STATES.COMPLETED} and missing(backup):
        return STATES.FAILED
    return states.pop() if len(states) == 1 else STATES.BUILDING


def is_running(backup):
    """Tell whether a part is not done, which Trove refuses to delete."""
    return any(part.state in STATES.RUNNING_STATES for part in backup.parts)


def load_all(project):
    """Return the ClusterBackups of a project, newest first."""
    found = collections.OrderedDict()
    rows = backup_models.DBBackup.find_all(tenant_id=project,
                                           deleted=False).all()
    for row in sorted(rows, key=lambda row: row.created, reverse=True):
        mark = MARK.fullmatch(row.description or '')
        if mark:
            found.setdefault(mark['id'], ClusterBackup(
                mark['id'], mark['cluster'], int(mark['size']), row.name,
                mark['description'], [])).parts.append(row)
    return list(found.values())


def load(project, backup_id):
    """Return a ClusterBackup. Errors: NotFound."""
    for backup in load_all(project):
        if backup.id == backup_id:
            return backup
    raise exception.NotFound(uuid=backup_id)


def create(context, cluster_id, name, description, swift_container):
    """Order a backup of every member of a cluster.

    :returns: ClusterBackup
    :raises UnprocessableEntity: a member cannot be backed up now
    """
    cluster = cluster_models.Cluster.load(context, cluster_id)
    if cluster.ds_version.manager != MANAGER:
        raise exception.BadRequest(
            'Cluster %s is not one of K2HDKC.' % cluster_id)
    cluster.validate_cluster_available()
    members = instance_models.DBInstance.find_all(cluster_id=cluster.id,
                                                  deleted=False).all()
    for member in members:
        _assert_possible(member)
    backup_models.Backup.verify_swift_auth_token(context)
    mark = 'k2hdkc cluster backup %s of %s, %d members' % (
        uuid.uuid4(), cluster.id, len(members))
    if description:
        mark = '%s: %s' % (mark, description)
    quota.run_with_quotas(
        context.project_id, {'backups': len(members)},
        lambda: _order(context, cluster, members, name, mark,
                       swift_container))
    return load(context.project_id, MARK.fullmatch(mark)['id'])


def _assert_possible(member):
    status = instance_models.InstanceServiceStatus.find_by(
        instance_id=member.id).get_status()
    if (status != service_status.ServiceStatuses.HEALTHY or
            member.task_status != instance_tasks.InstanceTasks.NONE):
        raise exception.UnprocessableEntity(
            'Member %s of the cluster is not healthy, or busy (%s, %s). Every '
            'member must be healthy for a backup of the cluster.'
            % (member.id, status.api_status, member.task_status.action))
    if backup_models.Backup.running(member.id):
        raise exception.UnprocessableEntity(
            'Member %s of the cluster is being backed up already. Wait until '
            'that is done.' % member.id)


def _order(context, cluster, members, name, mark, swift_container):
    rows = []
    try:
        for member in members:
            rows.append(backup_models.DBBackup.create(
                name=name, description=mark, tenant_id=context.project_id,
                state=STATES.NEW, instance_id=member.id, parent_id=None,
                datastore_version_id=cluster.ds_version.id, deleted=False,
                location=None, checksum=None, backup_type='full', size=None,
                storage_driver=DRIVER))
        for row in rows:
            task_api.API(context).create_backup({
                'id': row.id, 'name': name, 'description': mark,
                'instance_id': row.instance_id, 'backup_type': 'full',
                'checksum': None, 'parent': None,
                'datastore': cluster.ds.name,
                'datastore_version': cluster.ds_version.name,
                'storage_driver': DRIVER,
                'swift_container': swift_container}, row.instance_id)
    except Exception:
        with excutils.save_and_reraise_exception():
            for row in rows:
                row.delete()


def delete(context, backup):
    for part in backup.parts:
        backup_models.Backup.delete(context, part.id)


def asked_for(extended_properties):
    """Return the id of the backup that a new cluster is to be made from.

    :param extended_properties: of the request, or None
    :returns: None when it is to be empty
    :raises BadRequest: they are not what K2HDKC knows
    """
    asked = extended_properties or {}
    known = ('K2HDKC knows one, %s: the id of a backup of a cluster.'
             % PROPERTY)
    unknown = sorted(set(asked) - {PROPERTY})
    if unknown:
        # A cluster without the keys that somebody waits for helps nobody.
        raise exception.BadRequest(
            'There are no extended properties %s. %s'
            % (', '.join(unknown), known))
    backup_id = asked.get(PROPERTY)
    if asked and not (isinstance(backup_id, str) and backup_id):
        raise exception.BadRequest(
            'The extended property %s is not valid: it must be a text that '
            'is not empty. %s' % (PROPERTY, known))
    return backup_id


def _assert_complete(backup):
    done = state_of(backup)
    if done == STATES.FAILED and missing(backup):
        raise exception.BackupNotCompleteError(
            'Backup %s has the backups of %d of %d members, the others are '
            'gone: keys would be missing. Delete it, and make another.'
            % (backup.id, len(backup.parts), backup.cluster_size))
    if done != STATES.COMPLETED:
        raise exception.BackupNotCompleteError(backup_id=backup.id,
                                               state=done)


def to_restore(context, backup_id, volume_size):
    """Return what every member of a new cluster must load.

    :param volume_size: of a member in GiB, None when there are no volumes
    :returns: list of dicts, as the guest agent gets it for one backup
    :raises BackupNotCompleteError: a part failed, is not done, or is gone
    """
    backup = load(context.project_id, backup_id)
    _assert_complete(backup)
    # Every new member gets all keys. The sizes are of volumes: empty files
    # count in each, and the same keys in as many as have copies. So the sum
    # would refuse what fits, and the largest only what surely does not.
    size = max(part.size for part in backup.parts)
    if volume_size is not None and size > volume_size:
        raise exception.BackupTooLarge(backup_size=size,
                                       disk_size=volume_size)
    swift_url = clients.create_swift_client(context).url
    return [{'id': part.id, 'instance_id': part.instance_id,
             'location': part.location, 'checksum': part.checksum,
             'type': part.backup_type, 'storage_driver': DRIVER,
             'swift_url': swift_url} for part in backup.parts]


def seconds_to_restore():
    """Return how long a new instance that loads backups may take."""
    return max(CONF.usage_timeout, CONF.restore_usage_timeout)


def unusable(driver):
    """Return why a storage driver cannot be used, None when it can.

    :param driver: None on releases that have no choice
    """
    if driver not in (None, DRIVER):
        return ('its storage driver is %s, and K2HDKC has backups in %s '
                'alone' % (driver, DRIVER))


def fail(row, reason):
    """Give a backup up; its instance tells why.

    :returns: what it tells
    """
    told = 'Backup %s failed: %s. Delete it, and make another.' % (row.id,
                                                                   reason)
    # Not by save(), which would write over an end that is told just now.
    query = db.get_db_api().find_all(backup_models.DBBackup, id=row.id).filter(
        backup_models.DBBackup.state == row.state)
    changed = query.update({'state': STATES.FAILED,
                            'updated': timeutils.utcnow()},
                           synchronize_session=False)
    query.session.commit()
    if changed:
        LOG.error(told)
        instance_models.save_instance_fault(row.instance_id, told, '')
    return told
