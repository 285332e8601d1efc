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

"""What the driver made for a server, kept beside it on the disk.

It is written before a thing is made, so that whatever a crash leaves can be
found, also when Nova has forgotten ports or volumes meanwhile.
"""

import json
import os
import shutil

from oslo_utils import uuidutils

FILE = 'incus.json'
CONSOLE = 'console.log'
# Bytes of a console that are kept at least.
CONSOLE_SIZE = 1024 * 1024
CONFIG_DRIVE = 'config_drive'


class Record:
    """`taps`: plugged interfaces. `volumes`: sources by mountpoint.

    `spawning`: whether the first start has not ended yet.
    """

    def __init__(self, spawning=False, taps=(), volumes=()):
        self.spawning = spawning
        self.taps = list(taps)
        self.volumes = dict(volumes)

    def add_taps(self, taps):
        self.taps += [tap for tap in taps if tap not in self.taps]


class Directory:
    """Directory of one server below instances_path."""

    def __init__(self, instances_path, uuid):
        self.path = os.path.join(instances_path, uuid)
        self.config_drive = os.path.join(self.path, CONFIG_DRIVE)

    def read(self):
        """Return the record, an empty one when nothing was made."""
        try:
            with open(os.path.join(self.path, FILE)) as file:
                return Record(**json.load(file))
        except FileNotFoundError:
            return Record()

    def write(self, record):
        os.makedirs(self.path, mode=0o711, exist_ok=True)
        replace_file(os.path.join(self.path, FILE),
                     json.dumps(vars(record)).encode())

    def write_config_drive(self, files):
        """Put (path, content) pairs where the guest looks for them.

        The directory is made anew and only then takes its place. Nobody but
        nova-compute and root may look into it: user data can be secret.
        """
        partial = self.config_drive + '.new'
        shutil.rmtree(partial, ignore_errors=True)
        os.makedirs(partial, mode=0o700)
        for path, content in files:
            place = os.path.join(partial, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, 'wb') as file:
                file.write(content.encode() if isinstance(content, str)
                           else content)
        shutil.rmtree(self.config_drive, ignore_errors=True)
        os.rename(partial, self.config_drive)

    def add_console(self, data):
        """Append to what is kept of the console, and return all of that."""
        path = os.path.join(self.path, CONSOLE)
        try:
            with open(path, 'rb') as file:
                kept = file.read()
        except FileNotFoundError:
            kept = b''
        if data:
            kept = (kept + data)[-CONSOLE_SIZE:]
            replace_file(path, kept)
        return kept

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


def replace_file(path, data):
    partial = path + '.new'
    with open(partial, 'wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(partial, path)


def recorded(instances_path):
    """Uuids of the servers that have a record."""
    try:
        names = os.listdir(instances_path)
    except FileNotFoundError:
        return []
    return [name for name in names if uuidutils.is_uuid_like(name) and
            os.path.exists(os.path.join(instances_path, name, FILE))]
