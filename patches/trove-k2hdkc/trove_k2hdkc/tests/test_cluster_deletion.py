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

from trove.cluster.tasks import ClusterTasks
from trove.common import exception
from trove.instance.tasks import InstanceTasks

from trove_k2hdkc.cluster import taskmanager
from trove_k2hdkc.tests import test_cluster_tasks


class DeleteTest(test_cluster_tasks.TaskCase):

    def setUp(self):
        super(DeleteTest, self).setUp()
        self.register('ring')
        self.k2hr3.members['ring'] = {'server of member-0', 'a slave'}

    def _delete(self, tasks):
        tasks.delete_cluster(self.context, self.row.id)

    def test_the_ring_goes_with_it(self):
        tasks = self.start(1, task=ClusterTasks.DELETING)
        self.delete_row(self.ids[0])
        self._delete(tasks)
        self.assertEqual([], self.clusters())
        self.assertEqual({}, self.k2hr3.rings)

    def test_the_ring_goes_before_its_name_is_free(self):
        there = []
        self.patch(taskmanager.rings, 'forget',
                   side_effect=lambda *_, **__: there.extend(self.clusters()))
        self._delete(self.start(task=ClusterTasks.DELETING))
        self.assertEqual([self.row.id], [row.id for row in there])
        self.assertEqual([], self.clusters())

    def test_the_ring_that_its_nodes_are_in_goes(self):
        # Its group names another since, for which it was not restarted yet.
        tasks = self.start(1, task=ClusterTasks.DELETING,
                           configuration_id=self.group(cluster_name='later'))

        def leave(*_, **__):
            self.k2hr3.members['ring'].discard('server of member-0')
            self.delete_row(self.ids[0])
        self.patch(taskmanager, '_wait', side_effect=leave)
        self._delete(tasks)
        self.assertEqual({}, self.k2hr3.rings)

    def test_a_ring_that_an_instance_shares_stays(self):
        self.instance_row('single',
                          configuration_id=self.group(cluster_name='ring'))
        tasks = self.start(task=ClusterTasks.DELETING)
        self._delete(tasks)
        self.assertIn('ring', self.k2hr3.rings)

    def test_k2hr3_that_is_away_keeps_nothing(self):
        self.k2hr3.go_away()
        self._delete(self.start(task=ClusterTasks.DELETING))
        self.assertEqual([], self.clusters())

    def test_a_group_that_cannot_be_used_keeps_nothing(self):
        self._delete(self.start(
            task=ClusterTasks.DELETING,
            configuration_id=self.group(chmpx_server_port=9020,
                                        cluster_name='ring'), name='My Shop'))
        self.assertEqual([], self.clusters())
        self.assertEqual({}, self.k2hr3.rings)

    def test_members_that_do_not_go(self):
        tasks = self.start(1, task=ClusterTasks.DELETING)
        failure = self.assertRaises(exception.TroveError, self._delete, tasks)
        self.assertIn('Not every member', str(failure))
        self.assert_ended(InstanceTasks.SHRINKING_ERROR)
        self.assertIn('ring', self.k2hr3.rings)
