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

import webob.exc

from trove.cluster.tasks import ClusterTasks
from trove.common import exception
from trove.instance import models as instance_models

from trove_k2hdkc import ring
from trove_k2hdkc.tests import test_cluster_api

member = test_cluster_api.member


class GrowTest(test_cluster_api.ClusterCase):

    def setUp(self):
        super(GrowTest, self).setUp()
        self.row = self.cluster_row(members=2)
        self.cluster = self.load(self.row)

    def test_new_members(self):
        self.delete_row(self.members(self.row.id)[0].id)
        self.cluster.grow([member(), member()], 'image-id')
        rows = self.members(self.row.id)
        self.assertEqual(
            {'ring-member-1', 'ring-member-2', 'ring-member-3'},
            {row.name for row in rows})
        self.assertEqual(ClusterTasks.GROWING_CLUSTER, self.task(self.row))
        self.tasks.grow_cluster.assert_called_once_with(
            self.row.id, [row.id for row in rows
                          if row.name != 'ring-member-2'])
        self.assertEqual('ring', self.create_instance.call_args[1][
            'cluster_config'][ring.KEY]['name'])

    def test_refused_before_anything_is_made(self):
        for new, refusal in (
            (member(flavor_id='2'), exception.ClusterFlavorsNotEqual),
            (member(volume_size=2), exception.ClusterVolumeSizesNotEqual),
        ):
            self.assertRaises(refusal, self.cluster.grow, [new])
        self.k2hr3.go_away()
        self.assertRaises(webob.exc.HTTPServiceUnavailable,
                          self.cluster.grow, [member()])
        self.create_instance.assert_not_called()
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))

    def test_keys_would_not_be_found(self):
        self.row.configuration_id = self.group(chmpx_replica=0)
        self.row.save()
        fault = self.assertRaises(exception.UnprocessableEntity,
                                  self.load(self.row).grow, [member()])
        self.assertIn('has 2 members and each key is at 1 of them',
                      str(fault))
        self.create_instance.assert_not_called()
        self.assertEqual({}, self.k2hr3.rings)
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))

    def test_a_busy_cluster(self):
        row = self.cluster_row('busy',
                               task_status=ClusterTasks.SHRINKING_CLUSTER)
        for action in (lambda: self.load(row).grow([member()]),
                       lambda: self.load(row).shrink(['id']),
                       lambda: self.load(row).restart(),
                       lambda: self.load(row).upgrade(self.version),
                       lambda: self.load(row).configuration_attach('id'),
                       lambda: self.load(row).configuration_detach()):
            self.assertRaises(exception.UnprocessableEntity, action)

    def test_half_made_members_are_deleted(self):
        self.patch_deletion()
        self.tasks.grow_cluster.side_effect = exception.TroveError('no')
        self.assertRaises(exception.TroveError, self.cluster.grow, [member()])
        self.assertEqual(2, len(self.members(self.row.id)))
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))

    def test_one_whose_order_failed_is_deleted_too(self):
        self.patch_deletion()
        made = self.create_instance.side_effect

        def fail(*args, **kwargs):
            made(*args, **kwargs)
            raise exception.TroveError('no')
        self.create_instance.side_effect = fail
        self.assertRaises(exception.TroveError, self.cluster.grow, [member()])
        self.assertEqual(2, len(self.members(self.row.id)))

    def test_first_fault_is_told_when_deleting_fails_too(self):
        self.patch(instance_models, 'load_any_instance', autospec=True,
                   side_effect=ValueError('other'))
        self.tasks.grow_cluster.side_effect = exception.TroveError('no')
        fault = self.assertRaises(exception.TroveError, self.cluster.grow,
                                  [member()])
        self.assertEqual('no', str(fault))
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))
