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

"""What is asked of an instance, and must be known of single ones."""

from oslo_log import log as logging

from trove.backup import models as backup_models
from trove.common import exception
from trove.common.strategies.cluster import strategy
from trove.datastore import models as datastore_models

from trove_k2hdkc.control import backups
from trove_k2hdkc.control import rings
from trove_k2hdkc import MANAGER
from trove_k2hdkc import ring

LOG = logging.getLogger(__name__)


def guest(context, instance_id):
    return strategy.load_guestagent_strategy(MANAGER).guest_client_class(
        context, instance_id)


def refuse(arguments):
    """Refuse what Trove's API hands on, whatever the datastore.

    :param arguments: of the order to create an instance
    :raises BadRequest: K2HDKC has no such thing
    """
    if arguments.get('backup_id'):
        _refuse_snapshot(arguments['backup_id'])
    if arguments.get('databases') or arguments.get('users'):
        raise exception.BadRequest('K2HDKC has neither databases nor users: '
                                   'create the instance without them.')


def _refuse_snapshot(backup_id):
    # A column of later releases.
    reason = backups.unusable(getattr(
        backup_models.DBBackup.find_by(id=backup_id), 'storage_driver', None))
    if reason:
        raise exception.BadRequest('Backup %s cannot be restored: %s.'
                                   % (backup_id, reason))


def overrides(context, row):
    """Return the values of the group of an instance, and its Ring."""
    version = datastore_models.DatastoreVersion.load_by_uuid(
        row.datastore_version_id)
    values = rings.values(row.tenant_id, version, row.configuration_id)
    told = rings.register(context, row.tenant_id,
                          rings.name_of(values, row.id), values)
    found = rings.overrides_of(row.tenant_id, row.configuration_id)
    return dict(found, **{ring.KEY: ring.packed(told)})


def running_version(row, guest):
    """Return the DatastoreVersion that an instance runs with.

    That is the one of its row where the guest names none of this cloud.
    """
    shown = datastore_models.DatastoreVersion.load_by_uuid(
        row.datastore_version_id)
    try:
        runs = guest.running_version()
    except exception.TroveError as error:
        # Should it be away, the upgrade says so.
        LOG.info('Instance %s does not tell its version: %s', row.id, error)
        return shown
    if runs == shown.version:
        return shown
    found = datastore_models.DBDatastoreVersion.find_all(
        datastore_id=shown.datastore_id, version=runs,
        manager=MANAGER).first()
    return found or shown


def names_before_deletion(context, row):
    """Return the names of rings that an instance may be in.

    Its configuration group is detached by now. The guest knows; one that
    does not answer may be in any ring of the project.
    """
    try:
        name = guest(context, row.id).ring_name()
    except exception.TroveError as error:
        LOG.info('Instance %s does not tell its ring: %s', row.id, error)
        return {row.id, *rings.names_in_groups(row.tenant_id)}
    return {name} if name else {row.id}
