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

"""Option group of the datastore: what Trove reads from [k2hdkc].

Trove calls register() through the entry point group trove.datastore.options
while it is still importing trove.common.cfg, so nothing of Trove may be
imported here at module level.
"""

from oslo_config import cfg
from oslo_config import types

from trove_k2hdkc import MANAGER

PORTS = types.Range(1, 65535)

GROUP = cfg.OptGroup(MANAGER, title='K2HDKC options',
                     help='Oslo option group for the K2HDKC datastore.')

NETWORK_OPTS = [
    cfg.BoolOpt('icmp', default=False,
                help='Whether to permit ICMP. Read by Trove up to 2025.1.'),
    cfg.ListOpt('tcp_ports', default=['8020', '8021'], item_type=PORTS,
                help='TCP ports and port ranges to open in the security '
                     'group: the data port and the control port of a server '
                     'node.'),
    cfg.ListOpt('udp_ports', default=[], item_type=PORTS,
                help='UDP ports and port ranges to open in the security '
                     'group.'),
]

STORAGE_OPTS = [
    cfg.BoolOpt('volume_support', default=True,
                help='Whether to provision a Cinder volume for the data.'),
    cfg.StrOpt('device_path', default='/dev/vdb',
               help='Device path of the volume in the instance.'),
    cfg.StrOpt('mount_point', default='/var/lib/antpickax/k2hdkc',
               help='Where the volume is mounted in the instance.'),
]

CONTAINER_OPTS = [
    cfg.StrOpt('docker_image',
               sample_default='registry.example.com/k2hdkc-trove',
               help='Image of the K2HDKC container, without a tag: the '
                    'version of the datastore version is the tag.'),
    cfg.StrOpt('backup_docker_image',
               sample_default='registry.example.com/k2hdkc-trove-backup',
               help='Image for backup and restore, without a tag: the '
                    'version of the datastore version is the tag.'),
    cfg.StrOpt('network_mode', default='host', choices=['host', 'bridge'],
               help='Network of the K2HDKC container where the network of '
                    'the instance is not isolated. bridge publishes the '
                    'ports of a server on the IPv4 addresses of the '
                    'instance.'),
    cfg.IntOpt('stop_timeout', default=12, min=10,
               help='Seconds that a node has to leave its ring and K2HR3 '
                    'before its container is killed. It needs up to 8; '
                    'agent_call_low_timeout of the task manager must be '
                    'longer.'),
    cfg.IntOpt('leave_timeout', default=600, min=10,
               help='Seconds that a ring has to take over the data of a '
                    'member that a cluster is shrunk by.'),
    cfg.IntOpt('settle_timeout', default=600, min=10,
               help='Seconds that a ring has to move data after a member of '
                    'a cluster was restarted or upgraded, before the next '
                    'one is.'),
    cfg.StrOpt('database_service_uname', default='database',
               help='Name of the user that the container runs as.'),
    # Trove 2024.1 takes a value of this group as it is, an empty one too.
    cfg.StrOpt('database_service_uid', default='1001',
               help='UID of the user that the container runs as.'),
    cfg.StrOpt('database_service_gid', default='1001',
               help='GID of the user that the container runs as.'),
]

CLUSTER_OPTS = [
    cfg.BoolOpt('cluster_support', default=True,
                help='Whether clusters can be created.'),
    cfg.IntOpt('min_cluster_member_count', default=2, min=1,
               help='Smallest number of members of a new cluster.'),
    cfg.IntOpt('abandoned_task_time_out', default=180, min=90,
               help='Seconds after which a task of a cluster or an instance '
                    'is given up when no task manager works on it, and a '
                    'backup when no guest agent does. Several times '
                    'report_interval.'),
    cfg.StrOpt('api_strategy',
               default='trove_k2hdkc.cluster.api.APIStrategy',
               help='Class that implements cluster operations in the API.'),
    cfg.StrOpt('taskmanager_strategy',
               default='trove_k2hdkc.cluster.taskmanager.'
                       'TaskManagerStrategy',
               help='Class that implements cluster operations in the task '
                    'manager.'),
    cfg.StrOpt('guestagent_strategy',
               default='trove_k2hdkc.cluster.guestagent.GuestAgentStrategy',
               help='Class that calls the guest agent.'),
]

K2HR3_OPTS = [
    cfg.URIOpt('k2hr3_url', schemes=['http', 'https'],
               sample_default='http://192.0.2.1:18080',
               help='Address of the API of K2HR3 as the control plane sees '
                    'it. Without one nothing can be created.'),
    cfg.URIOpt('k2hr3_guest_url', schemes=['http', 'https'],
               help='The same as the instances see it, when it is another.'),
    cfg.StrOpt('k2hr3_ca_file',
               help='File of the authority of its certificate. Without one '
                    'those of the system are trusted.'),
    cfg.StrOpt('k2hr3_role', default='member',
               help='Role that the service user of Trove is granted in a '
                    'project where it acts without a token of its users, '
                    'for example when an administrator deletes.'),
]

BACKUP_OPTS = [
    cfg.StrOpt('backup_strategy', default='k2hdkc',
               help='Name of the backup driver in the backup image.'),
    cfg.StrOpt('backup_swift_container', default='k2hdkc_backups',
               help='Swift container for backups of users who name none.'),
]

# What K2HDKC has not got. Trove refuses requests for it, root with 501,
# because these are empty.
ABSENT_OPTS = [
    cfg.StrOpt('replication_strategy', default='',
               help='Empty: a cluster replicates, single instances do not.'),
    cfg.StrOpt('replication_namespace', default='',
               help='Empty: a cluster replicates, single instances do not.'),
    cfg.StrOpt('root_controller',
               help='Empty: K2HDKC has no users, hence no root.'),
    cfg.BoolOpt('root_on_create', default=False,
                help='K2HDKC has no users, hence no root.'),
    cfg.ListOpt('ignore_users', default=[],
                help='K2HDKC has no users.'),
    cfg.ListOpt('ignore_dbs', default=[],
                help='K2HDKC has no databases.'),
    cfg.IntOpt('default_password_length', default=36,
               help='Length of generated passwords.'),
]


def _exposed_logs():
    """guest_log_exposed_logs of the type that this release of Trove reads.

    A list from 2026.2 on, before that text.
    """
    from trove.common import cfg as trove_cfg
    upstream = next(opt for opt in trove_cfg.postgresql_opts
                    if opt.name == 'guest_log_exposed_logs')
    listed = isinstance(upstream, cfg.ListOpt)
    return type(upstream)('guest_log_exposed_logs',
                          default=['k2hdkc'] if listed else 'k2hdkc',
                          help='Guest logs that can be published.')


def list_opts():
    """All options by group, for register() and the sample generator."""
    return [(GROUP.name, [*NETWORK_OPTS, *STORAGE_OPTS, *CONTAINER_OPTS,
                          *CLUSTER_OPTS, *K2HR3_OPTS, *BACKUP_OPTS,
                          *ABSENT_OPTS, _exposed_logs()])]


def register(conf):
    """Add the group to `conf`; called by Trove, harmless when repeated."""
    conf.register_group(GROUP)
    for group, opts in list_opts():
        conf.register_opts(opts, group)
