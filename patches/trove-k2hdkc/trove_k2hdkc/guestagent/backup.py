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

"""Backup and restore by the backup image, in a container that ends.

Trove's own helpers put the user's token on the command line, and log that.
"""

import os.path
import re

import docker
from oslo_log import log as logging
from oslo_utils import timeutils
import requests

from trove.backup import state
from trove.common import cfg
from trove.common import context as trove_context
from trove.common import exception
from trove.common import serializable_notification as serializable
from trove.conductor import api as conductor_api
from trove.guestagent.common import guestagent_utils

from trove_k2hdkc.guestagent import container
from trove_k2hdkc import MANAGER
from trove_k2hdkc import parameters

LOG = logging.getLogger(__name__)
CONF = cfg.CONF

# Container that a backup is made in.
NAME = 'db_backup'

# The image ends by itself after four hours.
LONGEST_SECONDS = 4 * 3600 + 300

CREATED = re.compile('.*Backup successfully, checksum: (?P<checksum>.*), '
                     'location: (?P<location>.*)')
RESTORED = re.compile('.*Restore successfully')
FAILED = re.compile('.*Failed: (?P<reason>.*)')


def user():
    """Return the user of all containers that use the data volume."""
    options = CONF.get(MANAGER)
    return '%s:%s' % (options.database_service_uid,
                      options.database_service_gid)


def _credentials(context, backup_info):
    # From 2026.2 on the guest is given the address of Swift.
    if backup_info.get('swift_url'):
        insecure = (['--swift-api-insecure'] if CONF.swift_api_insecure
                    else [])
        return ['--swift-url=%s' % backup_info['swift_url'], *insecure]
    service = CONF.service_credentials
    return ['--os-auth-url=%s' % service.auth_url,
            '--os-tenant-id=%s' % context.project_id,
            '--os-region-name=%s' % service.region_name]


def _command(context, backup_info, *options):
    return ['python3', 'main.py',
            '--storage-driver=%s' % backup_info.get('storage_driver',
                                                    CONF.storage_strategy),
            '--driver=%s' % CONF.get(MANAGER).backup_strategy,
            *_credentials(context, backup_info), *options]


def _environment(context):
    # Everybody on the instance can read a command line.
    return {'OS_TOKEN': context.auth_token}


def _run(client, name, command, version, environment):
    """Run the backup image to its end and return its last line.

    :raises TroveError: it failed, or took too long
    """
    _discard(client, name)
    try:
        running = client.containers.run(
            container.image('backup_docker_image', version), command,
            name=name, detach=True, network_mode='host', user=user(),
            environment=environment, volumes=container.volumes())
        try:
            code = running.wait(timeout=LONGEST_SECONDS)['StatusCode']
            lines = running.logs().decode(errors='replace').splitlines()
        finally:
            _discard(client, name)
    except (docker.errors.DockerException,
            requests.exceptions.RequestException) as error:
        raise exception.TroveError(
            'The container %s could not be run to its end: %s'
            % (name, error))
    last = lines[-1] if lines else 'it said nothing'
    if code != 0:
        reason = FAILED.match(last)
        # One that was killed, as by a stop of docker, has said nothing.
        raise exception.TroveError(
            reason['reason'] if reason else
            'The container %s ended with %d: %s' % (name, code, last))
    return last


def _discard(client, name):
    try:
        client.containers.get(name).remove(force=True)
    except docker.errors.NotFound:
        pass


def _assert_possible(backup_info):
    if backup_info.get('parent'):
        raise exception.TroveError(
            'K2HDKC has no incremental backups. Make one without a parent.')


def create(client, context, backup_info, store):
    """Make a backup and tell the conductor how it went.

    :param backup_info: as the task manager sends it
    :param store: Store, which has it until it has ended
    :raises TroveError: it could not be made
    """
    report = _Report(context, backup_info)
    report.send(state=state.BackupState.BUILDING)
    try:
        _assert_possible(backup_info)
        swift_container = (backup_info.get('swift_container') or
                           CONF.get(MANAGER).backup_swift_container)
        store.update(backup={
            'id': backup_info['id'],
            'notification': serializable.SerializableNotification.serialize(
                context, context.notification)})
        done = CREATED.match(_run(client, NAME, _command(
            context, backup_info, '--backup',
            '--backup-id=%s' % backup_info['id'],
            '--swift-extra-metadata=datastore:%s,datastore_version:%s'
            % (backup_info['datastore'], backup_info['datastore_version']),
            '--swift-container=%s' % swift_container), store.version(),
            _environment(context)))
        if not done:
            raise exception.TroveError(
                'The backup image did not say where the backup is.')
        # Before it is told: what is complete must not fail later.
        store.update(backup=None)
    except Exception as error:
        report.send(success=False, state=state.BackupState.FAILED)
        store.update(backup=None)
        raise exception.TroveError('Backup %s could not be made: %s'
                                   % (backup_info['id'], error))
    report.send(success=True, state=state.BackupState.COMPLETED,
                **done.groupdict())


def fail_left(client, left, store):
    """Say of a backup that it failed because the guest agent was ended.

    :param left: what create() has put into the store
    """
    context = trove_context.TroveContext()
    context.notification = serializable.SerializableNotification.deserialize(
        context, dict(left['notification']))
    reason = ('Backup %s failed: the guest agent was stopped while it was '
              'made. Delete it, and make another.' % left['id'])
    LOG.error(reason)
    _discard(client, NAME)
    _Report(context, left).send(success=False,
                                state=state.BackupState.FAILED)
    conductor_api.API(context).notify_exc_info(reason, [])
    store.update(backup=None)


def restore(client, context, backup_info, store):
    """Load a backup into the data volume.

    :param store: Store, which knows the sizes of the file that is made
    :raises TroveError: it could not be loaded
    """
    done = _run(client, 'db_restore', _command(
        context, backup_info, '--nobackup',
        '--restore-from=%s' % backup_info['location'],
        '--restore-checksum=%s' % backup_info['checksum']), store.version(),
        dict(_environment(context),
             **parameters.of_new_file(store.parameters())))
    if not RESTORED.match(done):
        raise exception.TroveError(
            'The backup image did not say that backup %s is loaded.'
            % os.path.basename(backup_info['location']))


class _Report(object):
    """Messages to the conductor about one backup."""

    def __init__(self, context, backup_info):
        self._conductor = conductor_api.API(context)
        stats = guestagent_utils.get_filesystem_volume_stats(
            CONF.get(MANAGER).mount_point)
        self._fields = {'backup_id': backup_info['id'],
                        'size': stats.get('used', 0.0),
                        'backup_type': 'full'}

    def send(self, **fields):
        self._conductor.update_backup(
            CONF.guest_id, sent=timeutils.utcnow_ts(microsecond=True),
            **dict(self._fields, **fields))
