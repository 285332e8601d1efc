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

"""Nova's side: the methods that nova-compute calls, and nothing else."""

import os_resource_classes as orc
from oslo_concurrency import processutils
from oslo_log import log as logging
from oslo_utils import excutils

from nova.compute import task_states
import nova.conf
from nova import exception
from nova.image import glance
from nova.virt import driver
from nova.virt import hardware

from nova_incus import client as api
from nova_incus import commands
from nova_incus import containers
from nova_incus import events
from nova_incus import guest
from nova_incus import images
from nova_incus import machine
from nova_incus import metadata
from nova_incus import network
from nova_incus import options
from nova_incus import resources
from nova_incus import servers
from nova_incus import volumes

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)
options.register(CONF)


def _volumes_of(block_device_info):
    """Files or block devices by mountpoint."""
    return {volume['mount_device']: volumes.source_of(
        volume['connection_info']) for volume in
        driver.block_device_info_get_mapping(block_device_info)}


class IncusDriver(driver.ComputeDriver):
    """Servers are containers of Incus on this machine."""

    capabilities = {
        **driver.ComputeDriver.capabilities,
        'has_imagecache': True,
        'supports_migrate_to_same_host': True,
        'supports_extend_volume': True,
        'supports_image_type_raw': True,
    }

    def __init__(self, virtapi, run=commands.run_as_root):
        super().__init__(virtapi)
        self.client = api.Client(CONF.incus.socket,
                                 CONF.incus.operation_timeout)
        self.containers = containers.Containers(self.client)
        self.images = images.ImageCache(self.client, glance.API())
        self.servers = servers.Servers(
            self.containers, network.Plugger(run), volumes.LoopDevices(run),
            CONF.instances_path)

    def init_host(self, host):
        pool = self.client.get(api.path_of('storage-pools',
                                           CONF.incus.storage_pool))
        mounts = machine.text_of('/proc/self/mountinfo')
        if resources.lies_on_overlay(pool, mounts):
            raise exception.InvalidConfiguration(
                'The storage pool %s of Incus lies on an overlay, where the '
                'Docker engine of guests copies every layer. Move it to a '
                'plain directory or a pool with snapshots, and name that in '
                '[incus]storage_pool.' % CONF.incus.storage_pool)
        missing = resources.missing_controllers(
            machine.text_of(machine.CONTROLLERS))
        if missing:
            LOG.warning('This kernel does not enforce these limits of '
                        'flavors: %s', ', '.join(missing))
        self.servers.sweep()

    # What there is

    def list_instances(self):
        return [container['config'][guest.NAME]
                for container in self.containers.all()]

    def list_instance_uuids(self):
        return [container['config'][guest.UUID]
                for container in self.containers.all()]

    def get_info(self, instance, use_cache=True):
        container = self._container(instance)
        return hardware.InstanceInfo(
            state=guest.state_of(container['status']),
            internal_id=container['name'])

    def get_console_output(self, context, instance):
        self._container(instance)
        return self.servers.console(instance.uuid)

    def _container(self, instance):
        container = self.containers.find(instance.uuid)
        if container is None:
            raise exception.InstanceNotFound(instance_id=instance.uuid)
        return container

    # Making and removing

    def spawn(self, context, instance, image_meta, injected_files,
              admin_password, allocations, network_info=None,
              block_device_info=None, power_on=True, accel_info=None):
        guest.refuse_unsupported(instance, block_device_info)
        network_info = network_info or []
        for vif in network_info:
            network.refuse_unsupported(vif)
        sources = _volumes_of(block_device_info)
        fingerprint, _ = self.images.ensure(context, instance.image_ref)
        files = metadata.config_drive_files(instance, injected_files,
                                            admin_password, network_info)
        try:
            self.servers.begin(instance.uuid, network_info, sources)
            with events.ports_wired(self.virtapi, instance, network_info):
                self.servers.create(instance, fingerprint, network_info,
                                    files, CONF.incus)
            if power_on:
                self.containers.start(instance.uuid)
            self.servers.finish(instance.uuid)
        except Exception:
            with excutils.save_and_reraise_exception():
                self.servers.remove(instance.uuid, network_info)

    def destroy(self, context, instance, network_info, block_device_info=None,
                destroy_disks=True, destroy_secrets=True):
        if instance.task_state == task_states.RESIZE_REVERTING:
            # The container that goes back to its old size is this one.
            self.containers.stop(instance.uuid, CONF.incus.shutdown_timeout)
            self.servers.unplug(instance.uuid, network_info or [])
            return
        self.servers.remove(instance.uuid, network_info or [])

    def cleanup(self, context, instance, network_info, block_device_info=None,
                destroy_disks=True, migrate_data=None, destroy_vifs=True,
                destroy_secrets=True):
        if destroy_disks:
            self.servers.remove(instance.uuid, network_info or [])
        elif destroy_vifs:
            self.servers.unplug(instance.uuid, network_info or [])

    # Running or not

    def power_on(self, context, instance, network_info,
                 block_device_info=None, accel_info=None, share_info=None):
        self._container(instance)
        self.servers.start(instance.uuid, network_info)

    def power_off(self, instance, timeout=0, retry_interval=0):
        self._container(instance)
        self.containers.stop(instance.uuid, timeout)

    def reboot(self, context, instance, network_info, reboot_type,
               block_device_info=None, bad_volumes_callback=None,
               accel_info=None, share_info=None):
        self._container(instance)
        self.containers.stop(instance.uuid, CONF.incus.shutdown_timeout
                             if reboot_type == 'SOFT' else 0)
        self.servers.start(instance.uuid, network_info)

    def resume_state_on_host_boot(self, context, instance, network_info,
                                  share_info, block_device_info=None):
        self.power_on(context, instance, network_info, block_device_info)

    # Another size, on this host

    def migrate_disk_and_power_off(self, context, instance, dest,
                                   flavor, network_info,
                                   block_device_info=None,
                                   timeout=0, retry_interval=0):
        reason = None
        if dest != self.get_host_ip_addr():
            reason = 'nova-incus resizes on the same host only'
        elif flavor.root_gb < instance.flavor.root_gb:
            reason = 'a root disk cannot become smaller'
        if reason is not None:
            raise exception.InstanceFaultRollback(
                exception.ResizeError(reason=reason))
        self.power_off(instance, timeout, retry_interval)
        return ''

    def finish_migration(self, context, migration, instance, disk_info,
                         network_info, image_meta, resize_instance,
                         allocations, block_device_info=None, power_on=True):
        self._resize(instance, network_info, power_on)

    def finish_revert_migration(self, context, instance, network_info,
                                migration, block_device_info=None,
                                power_on=True):
        self._resize(instance, network_info, power_on)

    def confirm_migration(self, context, migration, instance, network_info):
        LOG.debug('Nothing is left of the old size', instance=instance)

    def _resize(self, instance, network_info, power_on):
        self.containers.update(instance.uuid, lambda container: guest.resize(
            container, instance.flavor, CONF.incus.storage_pool))
        if power_on:
            self.servers.start(instance.uuid, network_info)

    # Ports and volumes

    def plug_vifs(self, instance, network_info):
        self.servers.plug(instance.uuid, network_info,
                          self.servers.holds_links(instance.uuid))

    def unplug_vifs(self, instance, network_info):
        self.servers.unplug(instance.uuid, network_info)

    def get_volume_connector(self, instance):
        return {'ip': CONF.my_block_storage_ip, 'host': CONF.host}

    def default_root_device_name(self, instance, image_meta, root_bdm):
        # Nova counts on from here: volumes become /dev/vdb, /dev/vdc.
        return '/dev/vda'

    def attach_volume(self, context, connection_info, instance, mountpoint,
                      disk_bus=None, device_type=None, encryption=None):
        self._container(instance)
        self.servers.attach_volume(
            instance.uuid, volumes.source_of(connection_info), mountpoint)

    def detach_volume(self, context, connection_info, instance, mountpoint,
                      encryption=None):
        self.servers.detach_volume(
            instance.uuid, volumes.source_of(connection_info), mountpoint)

    def extend_volume(self, context, connection_info, instance,
                      requested_size):
        self.servers.loops.resize(volumes.source_of(connection_info))

    # Images

    def cache_image(self, context, image_id):
        return self.images.ensure(context, image_id)[1]

    def manage_image_cache(self, context, all_instances):
        settings = CONF.image_cache
        if settings.remove_unused_base_images:
            self.images.prune(
                {instance.image_ref for instance in all_instances},
                settings.remove_unused_original_minimum_age_seconds)

    # The host

    def get_host_ip_addr(self):
        return CONF.my_ip

    def get_host_uptime(self):
        return processutils.execute('uptime')[0]

    def get_available_nodes(self, refresh=False):
        return [CONF.host]

    def get_available_resource(self, nodename):
        return resources.available(
            machine.facts(), self.client.get('/1.0'),
            self.client.get(api.path_of(
                'storage-pools', CONF.incus.storage_pool, 'resources')),
            self.containers.all(), CONF.host)

    def update_provider_tree(self, provider_tree, nodename, allocations=None):
        known = provider_tree.data(nodename).inventory
        reserved = {
            orc.VCPU: CONF.reserved_host_cpus,
            orc.MEMORY_MB: CONF.reserved_host_memory_mb,
            orc.DISK_GB: self._get_reserved_host_disk_gb_from_config(),
        }
        provider_tree.update_inventory(nodename, resources.inventory(
            self.get_available_resource(nodename),
            self._get_allocation_ratios(known), reserved))
