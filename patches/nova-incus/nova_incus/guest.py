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

"""Pure: how a server of Nova is described to Incus."""

from nova.compute import power_state
from nova import exception
from nova.virt import driver

SEED = '/var/lib/cloud/seed/config_drive'
UUID = 'user.nova.uuid'
NAME = 'user.nova.name'

POWER_STATES = {
    'Running': power_state.RUNNING,
    'Ready': power_state.RUNNING,
    'Starting': power_state.RUNNING,
    'Stopping': power_state.RUNNING,
    'Freezing': power_state.RUNNING,
    'Thawed': power_state.RUNNING,
    'Frozen': power_state.PAUSED,
    'Stopped': power_state.SHUTDOWN,
    'Aborting': power_state.CRASHED,
    'Error': power_state.CRASHED,
}


def state_of(status):
    """Power state of Nova for a status of Incus."""
    return POWER_STATES.get(status, power_state.NOSTATE)


def is_stopped(status):
    """Whether nothing of a container runs, so that its links are here."""
    return state_of(status) in (power_state.SHUTDOWN, power_state.CRASHED)


def name_of(uuid):
    """Name of a server in Incus; a name of its own could change."""
    return 'instance-' + uuid


def limits(flavor):
    """Configuration by the flavor. Incus skips what the kernel cannot."""
    return {'limits.cpu': str(flavor.vcpus),
            'limits.memory': '%dMiB' % flavor.memory_mb}


# Root of a server may set limits of its IPC namespace; in a container
# /proc/sys is read-only. CHMPX wants longer message queues than ten. Without
# it a server starts all the same: not every one has a CHMPX of its own.
IPC_LIMITS = ("lxc.hook.start-host = nsenter --ipc --target $LXC_PID "
              "sh -c 'echo 1025 >/proc/sys/fs/mqueue/msg_max || :'")


def configuration(instance, privileged):
    return {
        UUID: instance.uuid,
        NAME: instance.name,
        'user.hostname': instance.hostname,
        # Nova decides what runs after a reboot of the machine.
        'boot.autostart': 'false',
        # For the Docker engine in the guest.
        'security.nesting': 'true',
        'security.privileged': str(bool(privileged)).lower(),
        # No socket of Incus in the guest.
        'security.guestapi': 'false',
        'raw.lxc': IPC_LIMITS,
        **limits(instance.flavor),
    }


def root_device(pool, root_gb):
    """Root disk. A pool of type dir takes the size and does not enforce it."""
    size = {'size': '%dGiB' % root_gb} if root_gb else {}
    return {'type': 'disk', 'path': '/', 'pool': pool, **size}


def volume_name(mountpoint):
    return 'volume-' + mountpoint.rpartition('/')[2]


def volume_device(source, mountpoint):
    """Block device `source` of the machine as `mountpoint` in the guest."""
    return {'type': 'unix-block', 'source': source, 'path': mountpoint}


def set_volumes(container, volumes):
    """Let a container have these volumes and no other, in place.

    :param volumes: block devices by mountpoint
    """
    kept = {name: device for name, device in container['devices'].items()
            if device['type'] != 'unix-block'}
    container['devices'] = {
        **kept, **{volume_name(mountpoint): volume_device(source, mountpoint)
                   for mountpoint, source in volumes.items()}}


def resize(container, flavor, pool):
    """Give a container the size of another flavor, in place."""
    container['config'].update(limits(flavor))
    container['devices']['root'] = root_device(pool, flavor.root_gb)


def devices(pool, root_gb, config_drive, links, volumes):
    """All devices by name.

    :param config_drive: directory with the metadata
    :param links: names of the network interfaces that move into the guest
    :param volumes: block devices by mountpoint
    """
    named = {
        'root': root_device(pool, root_gb),
        'config-drive': {'type': 'disk', 'source': config_drive, 'path': SEED,
                         'readonly': 'true'},
    }
    for index, link in enumerate(links):
        named['eth%d' % index] = {'type': 'nic', 'nictype': 'physical',
                                  'parent': link, 'name': 'eth%d' % index}
    container = {'devices': named}
    set_volumes(container, volumes)
    return container['devices']


def description(instance, fingerprint, privileged, named_devices):
    """Body of the request that creates the container."""
    return {
        'name': name_of(instance.uuid),
        'type': 'container',
        'profiles': [],
        'source': {'type': 'image', 'fingerprint': fingerprint},
        'config': configuration(instance, privileged),
        'devices': named_devices,
    }


def refuse_unsupported(instance, block_device_info):
    """Raise before anything is made of what a container cannot have."""
    reason = None
    if not instance.image_ref:
        reason = ('nova-incus starts servers from an image only, not from a '
                  'volume')
    elif driver.block_device_info_get_ephemerals(block_device_info):
        reason = 'nova-incus has no ephemeral disks; use a flavor without'
    elif driver.swap_is_usable(
            driver.block_device_info_get_swap(block_device_info)):
        reason = 'nova-incus has no swap disks; use a flavor without'
    if reason is not None:
        raise exception.BuildAbortException(instance_uuid=instance.uuid,
                                            reason=reason)
