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

"""Images of Glance as the content of a volume.

Not by Cinder's own way: that needs qemu-img and root even for raw images,
holds each twice on the disk, and leaves a copy behind when it is killed.
"""

import os
import shutil

from oslo_concurrency import processutils
from oslo_log import log as logging

from cinder import exception
from cinder.image import format_inspector
from cinder.image import image_utils

LOG = logging.getLogger(__name__)


def _refuse(image_id, reason):
    raise exception.ImageUnacceptable(image_id=image_id, reason=reason)


def check(image):
    """Errors: ImageUnacceptable for one that cannot be written here."""
    formats = (image.get('container_format'), image.get('disk_format'))
    if formats not in (('bare', 'raw'), ('bare', 'qcow2')):
        _refuse(image['id'], 'its container and disk formats are %s and %s; '
                'volumes are made of bare images that are raw or qcow2'
                % formats)
    if formats[1] == 'qcow2' and not shutil.which('qemu-img'):
        _refuse(image['id'], 'qemu-img is not installed beside '
                'cinder-volume, without it only raw images can be used')


def _fetch(context, service, image, path):
    # The last two are not used.
    image_utils.fetch(context, service, image['id'], path, None, None)


def _convert(image, source, path, size_gb, run):
    found = format_inspector.detect_file_format(source)
    if str(found) != 'qcow2':
        _refuse(image['id'], 'it is said to be qcow2 and is %s' % found)
    # Other files that it may refer to are those of this machine.
    if not found.safety_check():
        _refuse(image['id'], 'it refers to other files')
    image_utils.check_virtual_size(found.virtual_size, size_gb, image['id'])
    run('qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', source, path)


def _make_sparse(path, run):
    try:
        run('fallocate', '--dig-holes', path)
    except processutils.ProcessExecutionError as error:
        LOG.info('%(path)s takes all of its size, because its file system '
                 'makes no holes: %(reason)s',
                 {'path': path, 'reason': error.stderr.strip()})


def write(context, service, image, files, name, size_gb):
    """Make the file `name`, of `size_gb` GiB, of an image.

    `service` is Cinder's image service, `image` what it shows of the image.
    Errors: ImageUnacceptable.
    """
    check(image)
    with files.making(name, size_gb * 2 ** 30) as path:
        if image['disk_format'] == 'raw':
            _fetch(context, service, image, path)
            image_utils.check_virtual_size(
                os.path.getsize(path), size_gb, image['id'])
            _make_sparse(path, files.run)
        else:
            with files.scratch(name + '.image') as source:
                _fetch(context, service, image, source)
                _convert(image, source, path, size_gb, files.run)
