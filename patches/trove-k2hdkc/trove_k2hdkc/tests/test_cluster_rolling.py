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

from trove.cluster.tasks import ClusterTasks
from trove.common import exception
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTasks

from trove_k2hdkc.cluster import health
from trove_k2hdkc.control import rows
from trove_k2hdkc import ring
from trove_k2hdkc.tests import test_cluster_tasks


class RestartTest(test_cluster_tasks.TaskCase):

    def _restart(self, **fields):
        tasks = self.start(2, task=ClusterTasks.RESTARTING_CLUSTER, **fields)
        return lambda: tasks.restart_cluster(self.context, self.row.id)

    def test_each_in_turn_with_the_values_of_now(self):
        restart = self._restart(
            configuration_id=self.group(http_proxy='http://proxy'))
        restart()
        told = {'http_proxy': 'http://proxy', ring.KEY: {
            'name': 'ring',
            'extdata-url': 'http://k2hr3/v1/extdata/trove/ring'}}
        for member in self.ids:
            self.assertEqual(
                [mock.call.ring_name(), mock.call.update_overrides(told),
                 mock.call.restart(), mock.call.settle(600)],
                self.guest(member).mock_calls)
        self.assert_ended(InstanceTasks.NONE, InstanceTasks.NONE)
        self.assertIn('ring', self.k2hr3.rings)

    def test_a_member_that_was_not_told_that_its_cluster_stands(self):
        restart = self._restart()
        service = health.service(self.ids[0])
        service.set_status(health.STATUSES.INSTANCE_READY)
        service.save()
        restart()
        for member, times in zip(self.ids, (1, 0)):
            self.assertEqual(times,
                             self.guest(member).cluster_complete.call_count)

    def _assert_all_have_that_of_the_cluster(self, of_cluster, of_first):
        restart = self._restart(configuration_id=of_cluster)
        rows.write(self.ids[0], configuration_id=of_first)
        restart()
        self.assertEqual([of_cluster] * 2, [
            instance_models.DBInstance.find_by(id=member).configuration_id
            for member in self.ids])

    def test_a_group_that_was_attached_half_way(self):
        self._assert_all_have_that_of_the_cluster(
            None, self.group(chmpx_replica=1))

    def test_a_group_that_was_detached_half_way(self):
        group = self.group(chmpx_replica=1)
        self._assert_all_have_that_of_the_cluster(group, group)

    def test_a_failure_ends_it(self):
        restart = self._restart()
        self.guest(self.ids[0]).restart.side_effect = exception.GuestTimeout()
        self.assertRaises(exception.GuestTimeout, restart)
        self.guest(self.ids[1]).restart.assert_not_called()
        self.assert_ended(InstanceTasks.BUILDING_ERROR_SERVER,
                          InstanceTasks.RESTART_REQUIRED)

    def test_the_ring_does_not_settle(self):
        restart = self._restart()
        self.guest(self.ids[0]).settle.side_effect = exception.GuestError(
            original_message='The ring was still at work after 600 s')
        self.assertRaises(exception.GuestError, restart)
        self.guest(self.ids[1]).restart.assert_not_called()
        self.assert_ended(InstanceTasks.BUILDING_ERROR_SERVER,
                          InstanceTasks.RESTART_REQUIRED)
        self.assertIn('still at work', self.faults()[0])

    def test_k2hr3_is_away(self):
        restart = self._restart()
        self.k2hr3.go_away()
        self.assertRaises(webob.exc.HTTPServiceUnavailable, restart)
        self.assertEqual({}, self.guests)
        self.assert_ended(*[InstanceTasks.BUILDING_ERROR_SERVER] * 2)

    def _fail_to_move(self, failing, left):
        """Move from one ring to another, with a failure at one member.

        :param left: cuk of the only one that is in the old ring then
        """
        self.register('ring')
        restart = self._restart(
            configuration_id=self.group(cluster_name='new'))
        self.k2hr3.members['ring'] = {left}
        self.guest(self.ids[failing]).settle.side_effect = (
            exception.GuestTimeout())
        self.assertRaises(exception.GuestTimeout, restart)

    def test_the_ring_of_before_goes_when_the_last_one_fails(self):
        self._fail_to_move(1, left='server of member-0')
        self.assertEqual({'new'}, set(self.k2hr3.rings))

    def test_the_ring_of_before_stays_with_one_that_runs_in_it(self):
        self._fail_to_move(0, left='server of member-1')
        self.assertEqual({'server of member-1'}, self.k2hr3.members['ring'])
        self.assertIn('ring', self.k2hr3.rings)

    def test_the_ring_of_before_goes(self):
        self.register('ring')
        self._restart(configuration_id=self.group(cluster_name='new'))()
        self.assertEqual({'new'}, set(self.k2hr3.rings))


class UpgradeTest(test_cluster_tasks.TaskCase):

    def _upgrade(self):
        self.new = mock.Mock(id=self.version.id, version='1.0.20')
        tasks = self.start(2, task=ClusterTasks.UPGRADING_CLUSTER)
        return lambda: tasks.upgrade_cluster(self.context, self.row.id,
                                             self.new)

    def test_each_in_turn(self):
        self._upgrade()()
        for member in self.ids:
            self.assertEqual([mock.call.upgrade_and_wait('1.0.20'),
                              mock.call.settle(600),
                              mock.call.needs_restart()],
                             self.guest(member).mock_calls)
        self.assert_ended(InstanceTasks.NONE, InstanceTasks.NONE)

    def test_what_was_attached_needs_a_restart_still(self):
        upgrade = self._upgrade()
        self.guest(self.ids[0]).needs_restart.return_value = True
        self.guest(self.ids[1]).needs_restart.side_effect = (
            exception.GuestError(original_message='no such method'))
        upgrade()
        self.assert_ended(InstanceTasks.RESTART_REQUIRED, InstanceTasks.NONE)

    def test_a_failure_ends_it(self):
        upgrade = self._upgrade()
        self.guest(self.ids[0]).upgrade_and_wait.side_effect = (
            exception.GuestError(original_message='no image'))
        self.assertRaises(exception.GuestError, upgrade)
        self.guest(self.ids[1]).upgrade_and_wait.assert_not_called()
        self.assert_ended(InstanceTasks.UPGRADING_ERROR, InstanceTasks.NONE)
        self.assertIn('no image', self.faults()[0])
        self.assertIsNone(self.faults()[1])
        self.assertEqual(
            self.version.id, instance_models.DBInstance.find_by(
                id=self.ids[0]).datastore_version_id)
