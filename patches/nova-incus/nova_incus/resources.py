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

"""Pure: what the machine has, in the words of Nova."""

import os_resource_classes as orc
from oslo_serialization import jsonutils
from oslo_utils import units
from oslo_utils import versionutils

from nova.objects import fields


def lies_on_overlay(pool, mountinfo):
    """Whether a pool of Incus lies on an overlay.

    The Docker engine of a guest there copies every layer, without a word.
    :param mountinfo: text of /proc/self/mountinfo
    """
    return (pool['driver'] == 'dir' and
            filesystem_of(mountinfo, pool['config']['source']) == 'overlay')


def filesystem_of(mountinfo, path):
    """Type of the file system that `path` lies on."""
    best = ('', None)
    for line in mountinfo.splitlines():
        place, _, rest = line.partition(' - ')
        mounted = place.split()[4]
        inside = (path + '/').startswith(mounted.rstrip('/') + '/')
        # Of two mounts on one place the later one is seen.
        if inside and len(mounted) >= len(best[0]):
            best = (mounted, rest.split()[0])
    return best[1]


def missing_controllers(controllers):
    """Limits of the flavor that this kernel cannot enforce.

    :param controllers: text of cgroup.controllers, of cgroup version 2
    """
    return [limit for limit, controller in (('memory', 'memory'),
                                            ('vcpus', 'cpuset'))
            if controller not in controllers.split()]


def available(machine, server, space, containers, hostname):
    """Answer of get_available_resource().

    :param machine: number of `cpus`, bytes of `memory` and `memory_used`
    :param server: /1.0, `space`: resources of the storage pool,
        `containers`: our servers; all as Incus has them
    """
    environment = server['environment']
    architecture = fields.Architecture.canonicalize(
        environment['kernel_architecture'])
    disk = space['space']
    total, used = disk['total'], disk.get('used', 0)
    return {
        'vcpus': machine['cpus'],
        'memory_mb': machine['memory'] // units.Mi,
        'local_gb': total // units.Gi,
        'vcpus_used': sum(int(container['config'].get('limits.cpu', 0))
                          for container in containers),
        'memory_mb_used': machine['memory_used'] // units.Mi,
        'local_gb_used': used // units.Gi,
        'disk_available_least': (total - used) // units.Gi,
        'hypervisor_type': fields.HVType.LXC,
        'hypervisor_version': versionutils.convert_version_to_int(
            environment['server_version']),
        'hypervisor_hostname': hostname,
        'cpu_info': jsonutils.dumps({'arch': architecture}),
        'supported_instances': [(architecture, fields.HVType.LXC,
                                 fields.VMMode.EXE)],
        'numa_topology': None,
    }


def inventory(resources, ratios, reserved):
    """Inventory for Placement.

    :param ratios: allocation ratio, and `reserved`: amount that is not
        offered, both by resource class
    """
    totals = {orc.VCPU: resources['vcpus'],
              orc.MEMORY_MB: resources['memory_mb'],
              orc.DISK_GB: resources['local_gb']}
    return {
        resource: {'total': total, 'min_unit': 1, 'max_unit': total,
                   'step_size': 1, 'allocation_ratio': ratios[resource],
                   'reserved': reserved[resource]}
        for resource, total in totals.items() if total > 0
    }
