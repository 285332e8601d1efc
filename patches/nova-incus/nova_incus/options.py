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

"""Option group [incus] of nova.conf."""

from oslo_config import cfg

GROUP = cfg.OptGroup('incus', title='Incus options',
                     help='What the compute driver nova-incus needs.')

OPTS = [
    cfg.StrOpt('socket', default='/var/lib/incus/unix.socket',
               help='Unix socket of the API of Incus. The user of '
                    'nova-compute must be in the group incus-admin.'),
    cfg.StrOpt('storage_pool', default='default',
               help='Storage pool of Incus for root file systems. Never one '
                    'on an overlay: the Docker engine of a guest would copy '
                    'every layer.'),
    cfg.BoolOpt('privileged', default=True,
                help='Whether root in a guest is root of the machine. '
                     'Without it systemd in the guest is degraded, and '
                     'volumes cannot be mounted.'),
    cfg.IntOpt('operation_timeout', default=300, min=1,
               help='Seconds that an operation of Incus may take.'),
    cfg.IntOpt('shutdown_timeout', default=60, min=1,
               help='Seconds that a guest may take to shut down at a soft '
                    'reboot.'),
]


def list_opts():
    """All options by group, for register() and the sample generator."""
    return [(GROUP.name, OPTS)]


def register(conf):
    """Add the group to `conf`; harmless when repeated."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, GROUP)
