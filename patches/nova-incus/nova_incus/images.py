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

"""Images of Glance in the image store of Incus, each imported once.

An image of Incus is two files: a tar with metadata.yaml, made here, and the
tar of the root file system, which is what Glance has.
"""

import io
import json
import tarfile

from oslo_concurrency import lockutils
from oslo_log import log as logging
from oslo_utils import timeutils

from nova_incus import client as api
from nova_incus import errors

LOG = logging.getLogger(__name__)

PROPERTY = 'nova.image_id'
BOUNDARY = 'nova-incus-image'
HOSTNAME_TEMPLATE = '{{ config_get("user.hostname", instance.name) }}\n'


def render_metadata(image_id, architecture):
    """Return the metadata tar, always the same for the same arguments.

    The id is in it, so that two images with the same root do not collide.
    """
    document = {
        'architecture': architecture,
        # Incus refuses 0.
        'creation_date': 1,
        'properties': {PROPERTY: image_id},
        'templates': {
            '/etc/hostname': {'when': ['create'],
                              'template': 'hostname.tpl'},
            # The root of a container needs none, but whoever mounts a
            # volume expects to find one.
            '/etc/fstab': {'when': ['create'], 'create_only': True,
                           'template': 'fstab.tpl'},
        },
    }
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode='w') as tar:
        # JSON is YAML.
        _add(tar, 'metadata.yaml', json.dumps(document, sort_keys=True))
        _add(tar, 'templates/hostname.tpl', HOSTNAME_TEMPLATE)
        _add(tar, 'templates/fstab.tpl', '')
    return archive.getvalue()


def _add(tar, name, text):
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.mode = 0o644
    tar.addfile(entry, io.BytesIO(data))


def multipart(metadata, root):
    """Yield the body of the upload. `root` is an iterator of bytes."""
    head = ('--%s\r\nContent-Disposition: form-data; name="%s"; '
            'filename="%s"\r\nContent-Type: application/octet-stream\r\n\r\n')
    yield (head % (BOUNDARY, 'metadata', 'metadata.tar')).encode()
    yield metadata
    yield ('\r\n' + head % (BOUNDARY, 'rootfs', 'root.tar')).encode()
    yield from root
    yield ('\r\n--%s--\r\n' % BOUNDARY).encode()


def superfluous(images, used, now, minimum_age):
    """Fingerprints of our images that no server uses.

    :param images: images as Incus lists them
    :param used: ids of Glance
    :param now: naive datetime in UTC
    :param minimum_age: seconds since the last use or the import
    """
    def age(image):
        used_at = timeutils.parse_isotime(
            max(image['uploaded_at'], image.get('last_used_at') or ''))
        return (now - timeutils.normalize_time(used_at)).total_seconds()

    return [image['fingerprint'] for image in images
            if PROPERTY in image['properties'] and
            image['properties'][PROPERTY] not in used and
            age(image) >= minimum_age]


class ImageCache:

    def __init__(self, client, glance):
        """`glance` is nova.image.glance.API."""
        self.client = client
        self.glance = glance

    def _images(self):
        return self.client.get(api.path_of('images', recursion=1))

    def find(self, image_id):
        """Return the fingerprint of an image of Glance, or None."""
        return next((image['fingerprint'] for image in self._images()
                     if image['properties'].get(PROPERTY) == image_id), None)

    def ensure(self, context, image_id):
        """Return (fingerprint, whether it had to be imported).

        Whoever else wants the same image meanwhile waits.
        """
        with lockutils.lock('nova-incus-image-%s' % image_id):
            found = self.find(image_id)
            if found is not None:
                return found, False
            LOG.info('Importing image %s into Incus', image_id)
            return self._import(context, image_id), True

    def _import(self, context, image_id):
        environment = self.client.get('/1.0')['environment']
        metadata = render_metadata(image_id,
                                   environment['kernel_architecture'])
        root = self.glance.download(context, image_id)
        answer = self.client.upload(
            api.path_of('images'), multipart(metadata, root),
            {'Content-Type': 'multipart/form-data; boundary=' + BOUNDARY})
        return answer['fingerprint']

    def prune(self, used, minimum_age):
        """Delete images that no server of this host uses."""
        for fingerprint in superfluous(self._images(), used,
                                       timeutils.utcnow(), minimum_age):
            LOG.info('Removing image %s from Incus', fingerprint)
            try:
                self.client.delete(api.path_of('images', fingerprint))
            except errors.IncusNotFound:
                LOG.debug('Image %s is gone already', fingerprint)
