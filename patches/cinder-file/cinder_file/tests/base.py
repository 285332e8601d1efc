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

"""What the tests share: a directory, a program runner, an image service."""

import os
import struct

import fixtures
from oslo_concurrency import processutils
from oslo_config import cfg
import testtools

from cinder import context
from cinder import objects
from cinder.tests.unit import fake_snapshot
from cinder.tests.unit import fake_volume
from cinder.volume import configuration
from cinder.volume import driver as base_driver

from cinder_file import driver
from cinder_file import options as file_options

GIB = 2 ** 30
MIB = 2 ** 20


class Runner:
    """Executes commands, those that are not replaced, and notes them."""

    def __init__(self):
        self.commands = []
        self.replaced = {}

    def __call__(self, *argv):
        self.commands.append(' '.join(argv))
        if argv[0] in self.replaced:
            return self.replaced[argv[0]](*argv)
        return processutils.execute(*argv)

    def fail(self, program, reason):
        def refuse(*argv):
            raise processutils.ProcessExecutionError(stderr=reason + '\n')
        self.replaced[program] = refuse


class StandInImageService:
    """STAND-IN for Cinder's client of Glance, with one image."""

    def __init__(self, content, **meta):
        self.content = content
        self.meta = {'id': 'image-1', 'container_format': 'bare',
                     'disk_format': 'raw', 'size': len(content), **meta}
        self.uploaded = None
        self.temp_images = None

    def show(self, context, image_id):
        return self.meta

    def download(self, context, image_id, data):
        data.write(self.content)

    def update(self, context, image_id, meta, data, **kwargs):
        self.uploaded = data.read()


def qcow2(size, backing_file_offset=0):
    """Header of a qcow2 image of version 2 without any content."""
    header = struct.pack('>4sIQIIQIIQQIIQ', b'QFI\xfb', 2,
                         backing_file_offset, 8, 16, size, 0, 1, 65536,
                         131072, 1, 0, 0)
    return header.ljust(4096, b'\0')


class TestCase(testtools.TestCase):

    def setUp(self):
        super().setUp()
        self.directory = self.useFixture(fixtures.TempDir()).path
        self.run_command = Runner()
        self.context = context.get_admin_context()

    def make_driver(self, **options):
        """`options` are those of the section of the back end."""
        settings = configuration.Configuration(
            base_driver.volume_opts, config_group='file')
        settings.append_config_values(file_options.file_opts)
        for name, value in {'file_directory': self.directory,
                            **options}.items():
            cfg.CONF.set_override(name, value, group='file')
            self.addCleanup(cfg.CONF.clear_override, name, group='file')
        made = driver.FileDriver(configuration=settings, host='here@file')
        made.files.run = self.run_command
        return made

    def volume(self, number=1, size=1, attached=False, **values):
        volume = fake_volume.fake_volume_obj(
            self.context, id='00000000-0000-0000-0000-%012d' % number,
            size=size, **values)
        attachments = [objects.VolumeAttachment()] if attached else []
        volume.volume_attachment = objects.VolumeAttachmentList(
            objects=attachments)
        return volume

    def snapshot(self, volume, number=7):
        snapshot = fake_snapshot.fake_snapshot_obj(
            self.context, id='00000000-0000-0000-0000-%012d' % number,
            volume_id=volume.id, volume_size=volume.size)
        snapshot.volume = volume
        return snapshot

    def path(self, thing):
        return os.path.join(self.directory, thing.name)

    def content(self, thing, count=16):
        with open(self.path(thing), 'rb') as file:
            return file.read(count)

    def write(self, thing, text):
        with open(self.path(thing), 'r+b') as file:
            file.write(text)

    def files(self):
        return sorted(os.listdir(self.directory))
