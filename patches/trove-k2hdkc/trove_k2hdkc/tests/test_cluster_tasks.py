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

import datetime
import time
from unittest import mock

from oslo_utils import timeutils

from trove.cluster import models as cluster_models
from trove.cluster.tasks import ClusterTasks
from trove.common import cfg
from trove.common import exception
from trove.common import utils
from trove import db
from trove.instance import models as instance_models
from trove.instance.service_status import ServiceStatuses
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import api as task_api
from trove.taskmanager import models as task_models

from trove_k2hdkc.cluster import guestagent
from trove_k2hdkc.cluster import taskmanager
from trove_k2hdkc.tests import control_case

CONF = cfg.CONF


class TaskCase(control_case.ControlCase):

    def setUp(self):
        super(TaskCase, self).setUp()
        self.guests = {}
        self.patch(instance_models.Instance, 'load', autospec=True,
                   side_effect=lambda context, id: id)
        self.patch(taskmanager.ClusterTasks, 'get_guest',
                   side_effect=self.guest)
        self.log = []
        for name in ('usage_timeout', 'restore_usage_timeout',
                     'cluster_delete_time_out'):
            CONF.set_override(name, 1)
            self.addCleanup(CONF.clear_override, name)
        CONF.set_override('usage_sleep_time', 0)
        self.addCleanup(CONF.clear_override, 'usage_sleep_time')

    def guest(self, member_id):
        if member_id not in self.guests:
            self.guests[member_id] = mock.create_autospec(
                guestagent.GuestAgentAPI, instance=True)
            self.guests[member_id].ring_name.return_value = 'ring'
            self.guests[member_id].needs_restart.return_value = False
        return self.guests[member_id]

    def start(self, members=0, status=ServiceStatuses.HEALTHY,
              task=ClusterTasks.BUILDING_INITIAL, **fields):
        self.row = self.cluster_row(task_status=task, **fields)
        self.ids = [self.instance_row('member-%d' % number, status=status,
                                      cluster_id=self.row.id).id
                    for number in range(members)]
        return taskmanager.ClusterTasks(self.context, self.row,
                                        self.datastore, self.version)

    def faults(self):
        """Return what users are told of each member."""
        found = {fault.instance_id: fault.message for fault in
                 instance_models.DBInstanceFault.find_all().all()}
        return [found.get(member) for member in self.ids]

    def assert_ended(self, *statuses):
        self.assertEqual(ClusterTasks.NONE, cluster_models.DBCluster.find_by(
            id=self.row.id).task_status)
        self.assertEqual(list(statuses),
                         [self.task_of(member) for member in self.ids])


class CreateTest(TaskCase):

    def _create(self, **fields):
        tasks = self.start(2, **dict(
            {'status': ServiceStatuses.INSTANCE_READY}, **fields))
        return lambda: tasks.create_cluster(self.context, self.row.id)

    def test_every_member_is_told(self):
        self._create()()
        for member in self.ids:
            self.guest(member).cluster_complete.assert_called_once_with()
        self.assert_ended(InstanceTasks.NONE, InstanceTasks.NONE)

    def _assert_failed(self, create, kind=exception.TroveError):
        error = self.assertRaises(kind, create)
        self.assert_ended(InstanceTasks.BUILDING_ERROR_SERVER,
                          InstanceTasks.BUILDING_ERROR_SERVER)
        return error

    def test_members_that_do_not_become_ready(self):
        self._assert_failed(self._create(status=ServiceStatuses.BUILDING))
        self.assertEqual(['Not every new member of the cluster was ready '
                          'within 1 s.'] * 2, self.faults())

    def test_members_that_load_backups_have_longer(self):
        CONF.set_override('restore_usage_timeout', 3600)
        create = self._create(status=ServiceStatuses.BUILDING)
        end = time.monotonic() + 1.2
        self.patch(taskmanager, '_is_ready',
                   side_effect=lambda member: time.monotonic() > end)
        create()
        self.assert_ended(InstanceTasks.NONE, InstanceTasks.NONE)

    def test_members_that_nobody_builds_have_not(self):
        CONF.set_override('restore_usage_timeout', 3600)
        create = self._create(status=ServiceStatuses.BUILDING)
        query = db.get_db_api().find_all(instance_models.DBInstance,
                                         id=self.ids[1])
        query.update({'updated': timeutils.utcnow() - datetime.timedelta(
            seconds=190)}, synchronize_session=False)
        query.session.commit()
        self._assert_failed(create)

    def test_members_that_failed_are_not_awaited(self):
        CONF.set_override('usage_timeout', 3600)
        error = self._assert_failed(
            self._create(status=ServiceStatuses.FAILED))
        self.assertIn('could not be built', str(error))
        self.assertEqual([None, None], self.faults(),
                         'each has told its own')

    def test_member_whose_server_could_not_be_built(self):
        create = self._create()
        row = instance_models.DBInstance.find_by(id=self.ids[1])
        row.set_task_status(InstanceTasks.BUILDING_ERROR_PORT)
        row.save()
        self.assertIn('Build error', str(self._assert_failed(create)))
        self.assertIn('Build error', self.faults()[0])
        self.assertIsNone(self.faults()[1])

    def test_member_that_does_not_answer(self):
        create = self._create()
        self.guest(self.ids[1]).cluster_complete.side_effect = (
            exception.GuestTimeout())
        self._assert_failed(create, exception.GuestTimeout)


class GrowTest(TaskCase):

    def test_members_that_were_there_are_left_alone(self):
        tasks = self.start(2, task=ClusterTasks.GROWING_CLUSTER)
        new = self.instance_row('new', cluster_id=self.row.id,
                                status=ServiceStatuses.INSTANCE_READY)
        tasks.grow_cluster(self.context, self.row.id, [new.id])
        self.assertEqual([new.id], list(self.guests))
        self.assert_ended(InstanceTasks.NONE, InstanceTasks.NONE)

    def test_only_new_members_fail(self):
        tasks = self.start(1, task=ClusterTasks.GROWING_CLUSTER)
        new = self.instance_row('new', cluster_id=self.row.id,
                                status=ServiceStatuses.FAILED)
        self.assertRaises(exception.TroveError, tasks.grow_cluster,
                          self.context, self.row.id, [new.id])
        self.assertEqual(InstanceTasks.GROWING_ERROR, self.task_of(new.id))
        self.assert_ended(InstanceTasks.NONE)


class ShrinkTest(TaskCase):

    def setUp(self):
        super(ShrinkTest, self).setUp()
        self.tasks = self.start(3, task=ClusterTasks.SHRINKING_CLUSTER)
        self.register('ring')
        self.k2hr3.members['ring'] = {
            'server of member-%d' % number for number in range(3)}
        # Servers take long to delete: what a test waits for is there.
        self.patch(utils, 'poll_until', side_effect=self._poll)

    def _poll(self, condition, sleep_time, time_out):
        if not condition():
            raise exception.PollTimeOut()

    def _shrink(self, *ids):
        self.tasks.shrink_cluster(self.context, self.row.id, list(ids))

    def test_they_leave_one_by_one_before_one_is_deleted(self):
        load = self.patch_deletion()
        order = []
        for member in self.ids[:2]:
            self.guest(member).leave_ring.side_effect = (
                lambda seconds, member=member: order.append(
                    (member, seconds, load.call_count)))
        self._shrink(*self.ids[:2])
        self.assertEqual([(self.ids[0], 600, 0), (self.ids[1], 600, 0)],
                         order)
        self.assertEqual([self.ids[2]],
                         [row.id for row in self.members(self.row.id)])
        self.assertEqual({'server of member-2'}, self.k2hr3.members['ring'])
        self.assertIn('ring', self.k2hr3.rings)

    def _status(self, member, status):
        service = instance_models.InstanceServiceStatus.find_by(
            instance_id=member)
        service.set_status(status)
        service.save()

    def test_a_dead_member_is_not_asked_to_leave(self):
        self.patch_deletion()
        self._status(self.ids[0], ServiceStatuses.CRASHED)
        self._shrink(self.ids[0])
        self.assertEqual({}, self.guests)
        self.assertEqual(2, len(self.members(self.row.id)))
        self.assertNotIn('server of member-0', self.k2hr3.members['ring'])

    def test_a_member_that_is_silent_is_dead(self):
        self.patch_deletion()
        self.patch(instance_models.InstanceServiceStatus, 'is_uptodate',
                   return_value=False)
        self._shrink(self.ids[0])
        self.assertEqual({}, self.guests)

    def test_a_member_that_cannot_leave_is_not_deleted(self):
        load = self.patch_deletion()
        self.guest(self.ids[0]).leave_ring.side_effect = exception.GuestError(
            original_message='the ring is busy')
        self.assertRaises(exception.GuestError, self._shrink, self.ids[0])
        load.assert_not_called()
        self.assert_ended(InstanceTasks.SHRINKING_ERROR, InstanceTasks.NONE,
                          InstanceTasks.NONE)

    def test_a_member_that_does_not_go(self):
        self.patch_deletion(works=False)
        self.assertRaises(exception.TroveError, self._shrink, self.ids[0])
        self.assertEqual('The members that left the ring were not deleted '
                         'within 1 s.', self.faults()[0])
        self.assert_ended(InstanceTasks.SHRINKING_ERROR, InstanceTasks.NONE,
                          InstanceTasks.NONE)

    def test_a_member_that_is_stuck_in_building(self):
        self.patch_deletion()
        row = instance_models.DBInstance.find_by(id=self.ids[0])
        row.set_task_status(InstanceTasks.BUILDING)
        row.save()
        self._status(self.ids[0], ServiceStatuses.BUILDING)
        self._shrink(self.ids[0])
        self.assertEqual(InstanceTasks.BUILDING_ERROR_SERVER,
                         self.task_of(self.ids[0]))


class StrategyTest(TaskCase):

    def test_strategy(self):
        strategy = taskmanager.TaskManagerStrategy()
        self.assertIs(task_api.API, strategy.task_manager_api_class)
        self.assertTrue(issubclass(strategy.task_manager_cluster_tasks_class,
                                   task_models.ClusterTasks))
