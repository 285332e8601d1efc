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

"""Volumes of Cinder as block devices of this machine.

The seam for further kinds is source_of(): it answers with a file or a block
device of this machine for what Cinder says about a connection.
"""

import os
import stat

from nova import exception


def source_of(connection_info):
    """File or block device of a volume. Errors: VolumeDriverNotFound."""
    kind = connection_info['driver_volume_type']
    if kind != 'local':
        raise exception.VolumeDriverNotFound(driver_type=kind)
    return connection_info['data']['device_path']


def is_block_device(path):
    try:
        return stat.S_ISBLK(os.stat(path).st_mode)
    except FileNotFoundError:
        return False


class LoopDevices:
    """Files as block devices. A block device stands for itself."""

    def __init__(self, run, is_device=is_block_device):
        """`run` executes a command as root and returns its output."""
        self.run = run
        self.is_device = is_device

    def attach(self, source):
        """Return the block device of a source, the same one each time."""
        if self.is_device(source):
            return source
        return self.run('losetup', '--find', '--show', '--nooverlap',
                        source).strip()

    def detach(self, source):
        """Free the loop device; repeatable.

        One that a guest has mounted is freed when that ends.
        """
        for device in self.devices(source):
            self.run('losetup', '--detach', device)

    def resize(self, source):
        """Let the device take the size of its file."""
        for device in self.devices(source):
            self.run('losetup', '--set-capacity', device)

    def devices(self, source):
        if self.is_device(source):
            return []
        return self.run('losetup', '--noheadings', '--output', 'NAME',
                        '--associated', source).split()
