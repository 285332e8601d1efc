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

"""Volumes that are sparse files of the machine which runs the servers."""

import os

from oslo_concurrency import processutils
from oslo_log import log as logging

from cinder import interface
from cinder.volume import driver
from cinder.volume import volume_utils

from cinder_file import errors
from cinder_file import files
from cinder_file import images
from cinder_file import options

LOG = logging.getLogger(__name__)

GIB = 2 ** 30


def run(*argv):
    """Execute a command that is killed when this process is."""
    return processutils.execute('setpriv', '--pdeathsig', 'KILL', *argv)


def _is_attached(volume):
    return len(volume.volume_attachment or ()) > 0


@interface.volumedriver
class FileDriver(driver.VolumeDriver):
    """Each volume and each snapshot is a file, named as Cinder names it.

    Nova gets its path and makes a block device of it.
    """

    VERSION = '0.1.0'

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.configuration.append_config_values(options.file_opts)
        self.files = files.VolumeFiles(self.configuration.file_directory, run)

    @staticmethod
    def get_driver_options():
        return options.file_opts

    def do_setup(self, context):
        pass

    def check_for_setup_error(self):
        """Errors: FileBackendError. Removes what a crash has left."""
        directory = self.files.directory
        if not os.path.isdir(directory):
            raise errors.FileBackendError(
                reason='file_directory is %s, and there is no such '
                'directory. Make it, for the user of cinder-volume.'
                % directory)
        if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
            raise errors.FileBackendError(
                reason='file_directory is %s, and the user of cinder-volume '
                '(%d) may not write there. Give it to that user.'
                % (directory, os.geteuid()))
        for name in self.files.remove_partial():
            LOG.warning('Removed %s, which was not finished when '
                        'cinder-volume ended.', self.files.path(name))

    def _update_volume_stats(self):
        """What volumes can have: what they have and what is free.

        The directory shares its file system with all else, so the size of
        that says nothing.
        """
        usage = self.files.usage()
        data = {
            'volume_backend_name':
                self.configuration.safe_get('volume_backend_name') or 'file',
            'vendor_name': 'K2HDKC DBaaS',
            'driver_version': self.VERSION,
            'storage_protocol': 'local',
            'pools': [],
        }
        self._update_pools_and_stats(data)
        ratio = self.configuration.max_over_subscription_ratio
        data['pools'][0].update({
            'total_capacity_gb':
                round((usage.allocated + usage.free) / GIB, 2),
            'free_capacity_gb': round(usage.free / GIB, 2),
            'provisioned_capacity_gb': round(usage.provisioned / GIB, 2),
            'reserved_percentage': self.configuration.reserved_percentage,
            'max_over_subscription_ratio':
                volume_utils.get_max_over_subscription_ratio(ratio, True),
            'thin_provisioning_support': True,
            'thick_provisioning_support': False,
            'online_extend_support': True,
            'multiattach': False,
            # One server has a volume, there is nothing to lock.
            'shared_targets': False,
            'sparse_copy_volume': True,
        })

    def _refuse_encrypted(self, volume):
        if volume.encryption_key_id:
            raise errors.EncryptedVolumeError(name=volume.name)

    def create_volume(self, volume):
        self._refuse_encrypted(volume)
        self.files.create(volume.name, volume.size * GIB)

    def delete_volume(self, volume):
        self.files.remove(volume.name)

    def extend_volume(self, volume, new_size):
        """Nova tells the device of an attached one, when Cinder asks it."""
        self.files.extend(volume.name, new_size * GIB)

    def create_cloned_volume(self, volume, src_vref):
        self._refuse_encrypted(volume)
        self.files.copy(src_vref.name, volume.name, volume.size * GIB,
                        _is_attached(src_vref))

    def create_snapshot(self, snapshot):
        self.files.copy(snapshot.volume_name, snapshot.name,
                        snapshot.volume_size * GIB,
                        _is_attached(snapshot.volume))

    def delete_snapshot(self, snapshot):
        self.files.remove(snapshot.name)

    def create_volume_from_snapshot(self, volume, snapshot):
        self._refuse_encrypted(volume)
        self.files.copy(snapshot.name, volume.name, volume.size * GIB)

    def revert_to_snapshot(self, context, volume, snapshot):
        self.files.copy(snapshot.name, volume.name, volume.size * GIB)

    def clone_image(self, context, volume, image_location, image_meta,
                    image_service):
        images.write(context, image_service, image_meta, self.files,
                     volume.name, volume.size)
        return {}, True

    def copy_image_to_volume(self, context, volume, image_service, image_id,
                             disable_sparse=False):
        """Cinder asks this for a volume that is there and gets an image."""
        images.write(context, image_service,
                     image_service.show(context, image_id), self.files,
                     volume.name, volume.size)

    def copy_volume_to_image(self, context, volume, image_service, image_meta):
        volume_utils.upload_volume(context, image_service, image_meta,
                                   self.local_path(volume), volume,
                                   run_as_root=False)

    def local_path(self, volume):
        return self.files.path(volume.name)

    def ensure_export(self, context, volume):
        pass

    def create_export(self, context, volume, connector):
        pass

    def remove_export(self, context, volume):
        pass

    def create_export_snapshot(self, context, snapshot, connector):
        pass

    def remove_export_snapshot(self, context, snapshot):
        pass

    def validate_connector(self, connector):
        own = volume_utils.extract_host(self.host, 'host')
        if connector.get('host') != own:
            raise errors.OtherHostError(own=own, other=connector.get('host'))

    def initialize_connection(self, volume, connector, **kwargs):
        return {'driver_volume_type': 'local',
                'data': {'device_path': self.local_path(volume)}}

    def terminate_connection(self, volume, connector, **kwargs):
        pass
