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

"""A server as a whole: container, ports, volumes and its directory.

What is to be made is recorded first, and every method can be repeated: that
is how a killed nova-compute leaves nothing that is not found again.
"""

from oslo_log import log as logging

from nova_incus import guest
from nova_incus import network
from nova_incus import record

LOG = logging.getLogger(__name__)


class Servers:

    def __init__(self, containers, plugger, loops, instances_path):
        self.containers = containers
        self.plugger = plugger
        self.loops = loops
        self.instances_path = instances_path

    def directory(self, uuid):
        return record.Directory(self.instances_path, uuid)

    def begin(self, uuid, network_info, sources):
        """Record a server that is about to be made.

        :param sources: files or block devices by mountpoint
        """
        self.directory(uuid).write(record.Record(
            True, [vif['devname'] for vif in network_info], sources))

    def create(self, instance, fingerprint, network_info, files, settings):
        """Make the container of a server that has been begun.

        :param files: of the configuration drive
        :param settings: group [incus] of nova.conf
        """
        directory = self.directory(instance.uuid)
        self.plug(instance.uuid, network_info, running=False)
        directory.write_config_drive(files)
        devices = guest.devices(
            settings.storage_pool, instance.flavor.root_gb,
            directory.config_drive,
            [network.link_of(vif['devname']) for vif in network_info],
            self._attached(directory.read()))
        self.containers.create(guest.description(
            instance, fingerprint, settings.privileged, devices))

    def finish(self, uuid):
        """Record that a server is complete: from now on it is kept."""
        directory = self.directory(uuid)
        kept = directory.read()
        kept.spawning = False
        directory.write(kept)

    def start(self, uuid, network_info):
        """Start a server, with whatever a reboot took made again."""
        self.plug(uuid, network_info, self.holds_links(uuid))
        attached = self._attached(self.directory(uuid).read())
        self.containers.update(
            uuid, lambda container: guest.set_volumes(container, attached))
        self.containers.start(uuid)

    def holds_links(self, uuid):
        """Whether the guest has its ends of the links."""
        container = self.containers.find(uuid)
        return bool(container) and not guest.is_stopped(container['status'])

    def plug(self, uuid, network_info, running):
        """Plug ports; `running` says that their ends are in the guest."""
        directory = self.directory(uuid)
        kept = directory.read()
        kept.add_taps([vif['devname'] for vif in network_info])
        directory.write(kept)
        for vif in network_info:
            self.plugger.plug(uuid, vif, running)

    def unplug(self, uuid, network_info):
        """Unplug these ports and every one that is recorded."""
        kept = self.directory(uuid).read()
        kept.add_taps([vif['devname'] for vif in network_info])
        for tap in kept.taps:
            self.plugger.unplug(tap)

    def console(self, uuid):
        """What a server wrote to its console, as bytes.

        Of one that runs, Incus gives each byte once.
        """
        data = self.containers.console(uuid)
        if not self.holds_links(uuid):
            return data
        return self.directory(uuid).add_console(data)

    def attach_volume(self, uuid, source, mountpoint):
        directory = self.directory(uuid)
        kept = directory.read()
        kept.volumes[mountpoint] = source
        directory.write(kept)
        attached = self._attached(kept)
        self.containers.update(
            uuid, lambda container: guest.set_volumes(container, attached))

    def detach_volume(self, uuid, source, mountpoint):
        directory = self.directory(uuid)
        kept = directory.read()
        was_recorded = kept.volumes.pop(mountpoint, None)
        if self.containers.find(uuid) is not None:
            rest = self._attached(kept)
            self.containers.update(
                uuid, lambda container: guest.set_volumes(container, rest))
        self.loops.detach(source)
        if was_recorded:
            directory.write(kept)

    def remove(self, uuid, network_info):
        """Remove everything of a server; the record goes last."""
        self.containers.remove(uuid)
        self.unplug(uuid, network_info)
        directory = self.directory(uuid)
        for source in directory.read().volumes.values():
            self.loops.detach(source)
        directory.remove()

    def sweep(self):
        """Remove servers whose making was interrupted.

        Nova has them in state ERROR and never finishes them.
        """
        for uuid in record.recorded(self.instances_path):
            if self.directory(uuid).read().spawning:
                LOG.warning('Removing what is left of server %s, which was '
                            'being made when nova-compute ended', uuid)
                self.remove(uuid, [])

    def _attached(self, kept):
        """Block devices of all recorded volumes, by mountpoint."""
        return {mountpoint: self.loops.attach(source)
                for mountpoint, source in kept.volumes.items()}
