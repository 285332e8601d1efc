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

"""What the API does with clusters and the client of Trove has no word for."""

from osc_lib.command import command
from osc_lib import utils

from troveclient.v1 import clusters

from trove_k2hdkc.client import commands


class Clusters(clusters.Clusters):
    """Further actions of /clusters.

    :raises troveclient.exceptions.ClientException: the API refuses
    """

    def attach_configuration(self, cluster, group_id):
        self._action(cluster, {'configuration_attach': {
            'configuration_id': group_id}})

    def detach_configuration(self, cluster):
        self._action(cluster, {'configuration_detach': {}})

    def restart(self, cluster):
        self._action(cluster, {'restart': {}})


class _ClusterCommand(commands.DatabaseCommand, command.Command):

    @property
    def clusters(self):
        return Clusters(self.database)

    def get_parser(self, prog_name):
        parser = super(_ClusterCommand, self).get_parser(prog_name)
        parser.add_argument('cluster', metavar='<cluster>',
                            help='ID or name of the cluster.')
        return parser

    def find_cluster(self, parsed_args):
        return utils.find_resource(self.clusters, parsed_args.cluster)


class AttachClusterConfiguration(_ClusterCommand):
    """Attach a configuration group to a K2HDKC cluster for its next restart"""

    def get_parser(self, prog_name):
        parser = super(AttachClusterConfiguration, self).get_parser(prog_name)
        parser.add_argument('configuration_group',
                            metavar='<configuration_group>',
                            help='ID or name of the configuration group.')
        return parser

    def take_action(self, parsed_args):
        cluster = self.find_cluster(parsed_args)
        group = utils.find_resource(self.database.configurations,
                                    parsed_args.configuration_group)
        self.clusters.attach_configuration(cluster, group.id)


class DetachClusterConfiguration(_ClusterCommand):
    """Detach the configuration group of a cluster for its next restart"""

    def take_action(self, parsed_args):
        self.clusters.detach_configuration(self.find_cluster(parsed_args))


class RestartCluster(_ClusterCommand):
    """Restart a K2HDKC cluster, one member after the other"""

    def take_action(self, parsed_args):
        self.clusters.restart(self.find_cluster(parsed_args))
