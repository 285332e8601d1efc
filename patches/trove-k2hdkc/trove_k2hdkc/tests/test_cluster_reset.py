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

"""reset-status of a cluster: Trove's own action, on clusters of K2HDKC."""

from unittest import mock

from novaclient import exceptions as nova_exceptions

from trove.cluster import models as cluster_models
from trove.cluster import service
from trove.cluster.tasks import ClusterTasks
from trove.common import clients
from trove.common import exception
from trove.common import policy
from trove.common import wsgi

from trove_k2hdkc.cluster import health
from trove_k2hdkc.tests import control_case
from trove_k2hdkc.tests import test_cluster_actions
from trove_k2hdkc.tests import test_cluster_tasks

STATUSES = control_case.STATUSES
TASKS = control_case.TASKS


class ResetStatusTest(test_cluster_actions.ActionCase):
    """A cluster that a task has left behind, with three members."""

    def setUp(self):
        super(ResetStatusTest, self).setUp()
        self.nova = self.patch(clients, 'create_nova_client').return_value
        self.neutron.list_ports.return_value = {'ports': []}
        self.cluster.update_db(task_status=ClusterTasks.GROWING_CLUSTER)
        for member, task in zip(self.members(self.row.id),
                                (TASKS.NONE, TASKS.GROWING_ERROR,
                                 TASKS.DELETING)):
            member.set_task_status(task)
            member.save()
        self.request = mock.MagicMock(
            environ={wsgi.CONTEXT_KEY: self.context}, host='api',
            remote_addr='127.0.0.1')

    def _cluster(self):
        return cluster_models.Cluster.load(self.context, self.row.id)

    def _reset_status(self):
        return service.ClusterController().create_resource().execute_action(
            'action', self.request, tenant_id=self.project, id=self.row.id,
            body={'reset-status': {}})

    def _assert_reset(self):
        answer = self._reset_status()
        self.assertEqual(202, answer.status)
        self.assertEqual('NONE', answer.data(None)['cluster']['task']['name'])
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))
        self.assertEqual([TASKS.NONE] * 3,
                         [self.task_of(member) for member in self.ids])
        self.assertEqual(
            [STATUSES.UNKNOWN] * 3,
            [health.service(member).get_status() for member in self.ids])

    def test_cluster_and_members_are_free(self):
        self.assertRaises(exception.UnprocessableEntity,
                          self._cluster().restart)
        self._assert_reset()
        self.assertEqual([], self.tasks.mock_calls)
        self.assertEqual({}, self.k2hr3.rings)

    def test_what_was_refused_can_be_ordered_then(self):
        self._reset_status()
        self._cluster().restart()
        self.tasks.restart_cluster.assert_called_once_with(self.row.id)
        self.assertIn('ring', self.k2hr3.rings)

    def test_members_whose_servers_are_gone(self):
        self.nova.servers.get.side_effect = nova_exceptions.NotFound(404)
        self._assert_reset()

    def test_it_is_for_those_whom_its_own_rule_allows(self):
        self._reset_status()
        self.assertEqual('cluster:reset-status',
                         policy.get_enforcer().authorize.call_args[0][0])

    def test_a_living_member_is_not_taken_for_a_dead_one(self):
        self.instance_row('fourth', cluster_id=self.row.id)
        self._reset_status()
        fault = self.assertRaises(exception.UnprocessableEntity,
                                  self._cluster().shrink, self.ids[:1])
        self.assertIn('has 4 members and each key is at 3', str(fault))
        self.tasks.shrink_cluster.assert_not_called()


class ShrinkTest(test_cluster_tasks.TaskCase):

    def test_a_member_whose_status_was_reset_leaves_its_ring(self):
        tasks = self.start(2, status=STATUSES.UNKNOWN,
                           task=ClusterTasks.SHRINKING_CLUSTER)
        self.register('ring')
        self.k2hr3.members['ring'] = {'server of member-0',
                                      'server of member-1'}
        self.patch_deletion()
        tasks.shrink_cluster(self.context, self.row.id, self.ids[:1])
        self.guest(self.ids[0]).leave_ring.assert_called_once_with(600)
        self.assertEqual(self.ids[1:], [member.id for member in
                                        self.members(self.row.id)])
