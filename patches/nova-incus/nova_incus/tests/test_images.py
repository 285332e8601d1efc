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

import io
import json
import tarfile

import eventlet
from oslo_utils import timeutils

from nova_incus import errors
from nova_incus import images
from nova_incus.tests import base


class MetadataTest(base.DriverTestCase):

    def test_metadata_says_what_incus_asks_for(self):
        data = images.render_metadata('image-1', 'aarch64')
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            document = json.load(tar.extractfile('metadata.yaml'))
            template = tar.extractfile('templates/hostname.tpl').read()
            self.assertIn('templates/fstab.tpl', tar.getnames())
        self.assertEqual('aarch64', document['architecture'])
        self.assertEqual({'nova.image_id': 'image-1'},
                         document['properties'])
        self.assertIn(b'user.hostname', template)
        self.assertTrue(document['templates']['/etc/fstab']['create_only'])
        self.assertEqual(data, images.render_metadata('image-1', 'aarch64'))

    def test_unused_images_go_when_they_are_old_enough(self):
        def image(name, uploaded, used='0001-01-01T00:00:00Z', **properties):
            return {'fingerprint': name, 'uploaded_at': uploaded,
                    'last_used_at': used,
                    'properties': {'nova.image_id': name, **properties}}

        listed = [image('old', '2025-01-01T00:00:00Z'),
                  image('used', '2025-01-01T00:00:00Z'),
                  image('lately', '2025-01-01T00:00:00Z',
                        '2025-01-02T23:00:00Z'),
                  image('new', '2025-01-02T23:00:00Z'),
                  {**image('other', '2025-01-01T00:00:00Z'),
                   'properties': {}}]
        now = timeutils.parse_isotime('2025-01-03T00:00:00Z').replace(
            tzinfo=None)
        self.assertEqual(['old'],
                         images.superfluous(listed, {'used'}, now, 7200))


class ImageCacheTest(base.DriverTestCase):

    def test_an_image_is_imported_once(self):
        cache = self.driver.images
        first = cache.ensure(self.context, 'image-1')
        second = cache.ensure(self.context, 'image-1')
        self.assertEqual((True, False), (first[1], second[1]))
        self.assertEqual(first[0], second[0])
        self.assertEqual(b'root of image-1',
                         self.state.images[first[0]]['root'])

    def test_two_at_once_import_once(self):
        def slow(context, image_id):
            eventlet.sleep(0)
            yield b'root'
            eventlet.sleep(0)

        self.glance.download.side_effect = slow
        threads = [eventlet.spawn(self.driver.images.ensure, self.context,
                                  'image-1') for _ in range(2)]
        answers = [thread.wait() for thread in threads]
        self.assertEqual(1, len({answer[0] for answer in answers}))
        self.assertEqual([False, True],
                         sorted(answer[1] for answer in answers))
        self.assertEqual(1, self.glance.download.call_count)

    def test_the_same_root_twice_in_glance_is_two_images(self):
        self.glance.download.side_effect = lambda *args: iter([b'root'])
        one = self.driver.images.ensure(self.context, 'image-1')
        two = self.driver.images.ensure(self.context, 'image-2')
        self.assertNotEqual(one[0], two[0])

    def test_a_download_that_breaks_off_leaves_no_image(self):
        def broken(context, image_id):
            yield b'begin'
            raise OSError('connection reset')

        self.glance.download.side_effect = broken
        self.assertRaises(errors.IncusUnreachable, self.driver.images.ensure,
                          self.context, 'image-1')
        self.assertEqual({}, self.state.images)

    def test_nova_prunes_and_preloads(self):
        self.assertTrue(self.driver.cache_image(self.context, 'image-1'))
        self.assertFalse(self.driver.cache_image(self.context, 'image-1'))
        used = self.make_instance(image_ref='image-1')
        self.driver.manage_image_cache(self.context, [used])
        self.assertEqual(1, len(self.state.images))
        self.driver.manage_image_cache(self.context, [])
        self.assertEqual({}, self.state.images)

    def test_nova_can_be_told_to_keep_images(self):
        self.configure('remove_unused_base_images', False, 'image_cache')
        self.driver.cache_image(self.context, 'image-1')
        self.driver.manage_image_cache(self.context, [])
        self.assertEqual(1, len(self.state.images))
