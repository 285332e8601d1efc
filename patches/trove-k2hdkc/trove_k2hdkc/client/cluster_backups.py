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

"""Backups of whole clusters, as the API's extension has them."""

from osc_lib.command import command
from osc_lib import utils

from troveclient import base
from troveclient import common

from trove_k2hdkc.client import commands

COLUMNS = ('id', 'cluster_id', 'name', 'status', 'size')
DETAILS = COLUMNS + ('description', 'members')


class ClusterBackup(base.Resource):
    """A backup of every member of a cluster.

    size: of all archives together, in GiB. members: dicts with backup_id,
    instance_id, status, location, size. missing: number of members whose
    backups are gone; without them no cluster can be made from it.
    """


class ClusterBackups(base.ManagerWithFind):
    """Calls of /k2hdkc/cluster_backups.

    :raises troveclient.exceptions.ClientException: the API refuses
    """

    resource_class = ClusterBackup
    _url = '/k2hdkc/cluster_backups'

    def create(self, name, cluster, description=None, swift_container=None):
        asked = {'name': name, 'cluster': cluster, 'description': description,
                 'swift_container': swift_container}
        return self._create(self._url, {'cluster_backup': {
            key: value for key, value in asked.items() if value}},
            'cluster_backup')

    def list(self):
        return self._list(self._url, 'cluster_backups')

    def get(self, backup):
        return self._get('%s/%s' % (self._url, base.getid(backup)),
                         'cluster_backup')

    def delete(self, backup):
        url = '%s/%s' % (self._url, base.getid(backup))
        resp, body = self.api.client.delete(url)
        common.check_for_exceptions(resp, body, url)


def _shown(backup):
    members = ['%(instance_id)s: %(status)s' % member
               for member in backup.members]
    if backup.missing:
        members.append('%d missing' % backup.missing)
    return DETAILS, utils.get_item_properties(backup, COLUMNS) + (
        backup.description or '', ', '.join(members))


class _Command(commands.DatabaseCommand):

    @property
    def backups(self):
        return ClusterBackups(self.database)


def _add_backup(parser, **more):
    parser.add_argument('backup', metavar='<backup>',
                        help='ID or name of the backup of a cluster.', **more)


class CreateClusterBackup(_Command, command.ShowOne):
    """Back up every member of a K2HDKC cluster under one ID"""

    def get_parser(self, prog_name):
        parser = super(CreateClusterBackup, self).get_parser(prog_name)
        parser.add_argument('name', metavar='<name>',
                            help='Name of the backup.')
        parser.add_argument('--cluster', metavar='<cluster>', required=True,
                            help='ID or name of the cluster. All of its '
                                 'members must be healthy.')
        parser.add_argument('--description', metavar='<description>',
                            help='What the backup is for.')
        parser.add_argument('--swift-container', metavar='<container>',
                            help='Container of Swift that gets the archives '
                                 '(default: k2hdkc_backups).')
        return parser

    def take_action(self, parsed_args):
        cluster = utils.find_resource(self.database.clusters,
                                      parsed_args.cluster)
        return _shown(self.backups.create(
            parsed_args.name, cluster.id, parsed_args.description,
            parsed_args.swift_container))


class ListClusterBackups(_Command, command.Lister):
    """List backups of K2HDKC clusters"""

    def take_action(self, parsed_args):
        return COLUMNS, [utils.get_item_properties(backup, COLUMNS)
                         for backup in self.backups.list()]


class ShowClusterBackup(_Command, command.ShowOne):
    """Show a backup of a K2HDKC cluster and its members"""

    def get_parser(self, prog_name):
        parser = super(ShowClusterBackup, self).get_parser(prog_name)
        _add_backup(parser)
        return parser

    def take_action(self, parsed_args):
        return _shown(utils.find_resource(self.backups, parsed_args.backup))


class DeleteClusterBackup(_Command, command.Command):
    """Delete backups of K2HDKC clusters, with those of all members"""

    def get_parser(self, prog_name):
        parser = super(DeleteClusterBackup, self).get_parser(prog_name)
        _add_backup(parser, nargs='+')
        return parser

    def take_action(self, parsed_args):
        # All are found before the first is deleted.
        for backup in [utils.find_resource(self.backups, each)
                       for each in parsed_args.backup]:
            self.backups.delete(backup)
