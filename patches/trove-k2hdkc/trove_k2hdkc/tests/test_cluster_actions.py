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

from unittest import mock

import webob.exc

from trove.cluster import models as cluster_models
from trove.cluster.tasks import ClusterTasks
from trove.common import exception

from trove_k2hdkc.cluster import api
from trove_k2hdkc.cluster import views
from trove_k2hdkc.tests import control_case
from trove_k2hdkc.tests import test_cluster_api


class ActionCase(test_cluster_api.ClusterCase):

    def setUp(self):
        super(ActionCase, self).setUp()
        self.row = self.cluster_row(members=3)
        self.cluster = self.load(self.row)
        self.ids = [row.id for row in self.members(self.row.id)]


class ShrinkTest(ActionCase):

    def test_task(self):
        self.cluster.shrink([self.ids[0], self.ids[1], self.ids[0]])
        self.assertEqual(ClusterTasks.SHRINKING_CLUSTER, self.task(self.row))
        self.tasks.shrink_cluster.assert_called_once_with(
            self.row.id, self.ids[:2])

    def test_a_dead_member_can_be_removed(self):
        dead = self.instance_row(
            'dead', status=control_case.STATUSES.FAILED,
            task_status=control_case.TASKS.GROWING_ERROR,
            cluster_id=self.row.id)
        self.cluster.shrink([dead.id])
        self.tasks.shrink_cluster.assert_called_once_with(self.row.id,
                                                          [dead.id])

    def test_keys_would_not_be_found(self):
        self.instance_row('fourth', cluster_id=self.row.id)
        fault = self.assertRaises(exception.UnprocessableEntity,
                                  self.cluster.shrink, self.ids[:1])
        self.assertIn('has 4 members and each key is at 3 of them '
                      '(chmpx-replica is 2, or was)', str(fault))
        self.assertIn('at least 3 from the beginning', str(fault))
        self.tasks.shrink_cluster.assert_not_called()
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))

    def test_a_member_that_was_not_told_that_its_cluster_stands(self):
        # It serves in the ring, and its keys with it.
        ready = [self.instance_row(
            'ready %d' % number, status=control_case.STATUSES.INSTANCE_READY,
            task_status=control_case.TASKS.GROWING_ERROR,
            cluster_id=self.row.id) for number in range(2)]
        self.assertRaises(exception.UnprocessableEntity, self.cluster.shrink,
                          [ready[0].id])

    def _of_four(self, replicas):
        """With chmpx-replica of 3 now, and of so many once at one of them."""
        self.row.configuration_id = self.group(chmpx_replica=3)
        self.row.save()
        self.instance_row('fourth', cluster_id=self.row.id)
        self.replicas = {row.id: 3 for row in self.members(self.row.id)}
        self.replicas[self.ids[1]] = replicas
        return self.load(self.row)

    def test_all_keys_are_everywhere(self):
        self._of_four(3).shrink(self.ids[:2])
        self.tasks.shrink_cluster.assert_called_once_with(
            self.row.id, self.ids[:2])

    def test_a_value_that_was_raised_makes_no_copies(self):
        cluster = self._of_four(2)
        for action in (lambda: cluster.shrink(self.ids[:1]),
                       lambda: cluster.grow([test_cluster_api.member()])):
            fault = self.assertRaises(exception.UnprocessableEntity, action)
            self.assertIn('each key is at 3 of them', str(fault))

    def test_a_member_that_does_not_say_how_many_there_are(self):
        fault = self.assertRaises(
            exception.UnprocessableEntity,
            self._of_four(exception.GuestTimeout()).shrink, self.ids[:1])
        self.assertIn('does not answer', str(fault))
        self.tasks.shrink_cluster.assert_not_called()

    def test_a_member_that_died_just_now_can_be_removed(self):
        self._of_four(exception.GuestTimeout()).shrink(self.ids[1:2])
        self.tasks.shrink_cluster.assert_called_once_with(self.row.id,
                                                          self.ids[1:2])

    def test_refused(self):
        stranger = self.instance_row('stranger').id
        for ids, refusal, words in (
            ([self.ids[0], stranger], exception.BadRequest, stranger),
            ([], exception.BadRequest, 'No member'),
            (self.ids, exception.ClusterShrinkMustNotLeaveClusterEmpty,
             'at least one'),
        ):
            self.assertIn(words, str(self.assertRaises(
                refusal, self.cluster.shrink, ids)))
        self.tasks.shrink_cluster.assert_not_called()
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))

    def test_a_task_that_cannot_be_ordered(self):
        self.tasks.shrink_cluster.side_effect = exception.TroveError('no')
        self.assertRaises(exception.TroveError, self.cluster.shrink,
                          self.ids[:1])
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))


class RestartTest(ActionCase):

    def test_task(self):
        self.cluster.restart()
        self.assertIn('ring', self.k2hr3.rings)
        self.assertEqual(ClusterTasks.RESTARTING_CLUSTER, self.task(self.row))
        self.tasks.restart_cluster.assert_called_once_with(self.row.id)

    def test_k2hr3_is_away(self):
        self.k2hr3.go_away()
        self.assertRaises(webob.exc.HTTPServiceUnavailable,
                          self.cluster.restart)
        self.tasks.restart_cluster.assert_not_called()
        self.assertEqual(ClusterTasks.NONE, self.task(self.row))


class UpgradeTest(ActionCase):

    def test_task(self):
        self.cluster.upgrade(self.version)
        self.assertEqual(ClusterTasks.UPGRADING_CLUSTER, self.task(self.row))
        self.tasks.upgrade_cluster.assert_called_once_with(
            self.row.id, self.version.id)

    def test_a_version_of_something_else(self):
        other = mock.Mock(manager='mysql')
        other.name = '8.4'
        refusal = self.assertRaises(exception.BadRequest,
                                    self.cluster.upgrade, other)
        self.assertIn('Version 8.4 is not one of K2HDKC', str(refusal))


class ConfigurationTest(ActionCase):

    def setUp(self):
        super(ConfigurationTest, self).setUp()
        self.update = self.patch(cluster_models.Cluster,
                                 'rolling_configuration_update')
        self.remove = self.patch(cluster_models.Cluster,
                                 'rolling_configuration_remove')

    def test_attach(self):
        group = self.group(chmpx_replica=2)
        self.cluster.configuration_attach(group)
        self.update.assert_called_once_with(group)

    def test_the_same_again_after_its_values_changed(self):
        group = self.group(cluster_name='ring')
        row = self.cluster_row('own', configuration_id=group)
        self.row.delete()
        self.load(row).configuration_attach(group)
        self.update.assert_called_once_with(group)

    def _assert_refused(self, refusal, group, words):
        error = self.assertRaises(refusal, self.cluster.configuration_attach,
                                  group)
        self.assertIn(words, getattr(error, 'detail', None) or str(error))
        self.update.assert_not_called()

    def test_attach_refused(self):
        self.cluster_row('other')
        self._assert_refused(exception.NotFound, 'nowhere', 'nowhere')
        self._assert_refused(exception.UnprocessableEntity,
                             self.group(chmpx_server_port=9020), 'open')
        self._assert_refused(webob.exc.HTTPConflict,
                             self.group(cluster_name='other'), 'already')

    def test_a_member_that_does_not_answer(self):
        self.instance_row('silent', status=control_case.STATUSES.FAILED,
                          cluster_id=self.row.id)
        self._assert_refused(exception.UnprocessableEntity, self.group(),
                             'silent')
        self.row.configuration_id = self.group()
        self.row.save()
        self.assertRaises(exception.UnprocessableEntity,
                          self.load(self.row).configuration_detach)
        self.remove.assert_not_called()

    def test_another_group_is_attached(self):
        row = self.cluster_row('own', configuration_id=self.group())
        refusal = self.assertRaises(
            exception.UnprocessableEntity,
            self.load(row).configuration_attach, self.group())
        self.assertIn('Detach it before another', str(refusal))

    def test_detach(self):
        row = self.cluster_row(
            'own', configuration_id=self.group(cluster_name='other'))
        self.load(row).configuration_detach()
        self.remove.assert_called_once_with()

    def test_nothing_to_detach(self):
        refusal = self.assertRaises(exception.UnprocessableEntity,
                                    self.cluster.configuration_detach)
        self.assertIn('no configuration group', str(refusal))

    def test_detached_ring_of_another_cluster(self):
        self.cluster_row('other', configuration_id=self.group(
            cluster_name='own'))
        row = self.cluster_row('own', configuration_id=self.group(
            cluster_name='third'))
        self.assertRaises(webob.exc.HTTPConflict,
                          self.load(row).configuration_detach)
        self.remove.assert_not_called()


class ViewTest(ActionCase):

    def test_members_and_their_addresses_are_shown(self):
        described = [{'address': '192.0.2.1', 'type': 'private',
                      'network': 'net'}]
        strategy = api.APIStrategy()
        for view_class in (strategy.cluster_view_class,
                           strategy.mgmt_cluster_view_class):
            with mock.patch.object(view_class, '_build_instances') as build:
                build.return_value = (
                    [{'id': 'i1', 'ip': described}, {'id': 'i2'}], described)
                view = view_class(mock.Mock(), req=mock.Mock())
                self.assertEqual(
                    ([{'id': 'i1', 'ip': ['192.0.2.1']}, {'id': 'i2'}],
                     ['192.0.2.1']), view.build_instances())
                build.assert_called_once_with([views.MEMBER], [views.MEMBER])

    def test_addresses_that_are_not_described_stay(self):
        with mock.patch.object(views.ClusterView, '_build_instances') as build:
            build.return_value = ([], ['192.0.2.1'])
            view = views.ClusterView(mock.Mock(), req=mock.Mock())
            self.assertEqual(([], ['192.0.2.1']), view.build_instances())

    def test_no_controller_action_of_its_own(self):
        self.assertEqual({}, api.APIStrategy().cluster_controller_actions)
