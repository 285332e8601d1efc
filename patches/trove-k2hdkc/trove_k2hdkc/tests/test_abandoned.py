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
import itertools

from oslo_service import periodic_task
from oslo_utils import timeutils

from trove.cluster import models as cluster_models
from trove.cluster.tasks import ClusterTasks
from trove import db
from trove.instance import models as instance_models
from trove.instance.service_status import ServiceStatuses
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import manager

from trove_k2hdkc.control import abandoned
from trove_k2hdkc.control import servers
from trove_k2hdkc import taskmanager
from trove_k2hdkc.tests import control_case

CLUSTER = cluster_models.DBCluster
INSTANCE = instance_models.DBInstance


class AbandonedCase(control_case.ControlCase):

    def age(self, model, row_id, seconds=3600):
        """Let the row have been written so long ago."""
        query = db.get_db_api().find_all(model, id=row_id)
        query.update({'updated': timeutils.utcnow() - datetime.timedelta(
            seconds=seconds)}, synchronize_session=False)
        query.session.commit()

    def cluster_task(self):
        return CLUSTER.find_by(id=self.row.id).task_status

    def fault_of(self, instance_id):
        return instance_models.DBInstanceFault.find_by(
            instance_id=instance_id).message


class ClusterTest(AbandonedCase):

    def _give_up(self, task, *members):
        """Give up a task with members of (status, task status).

        :returns: list of their task statuses then
        """
        self.row = self.cluster_row(task_status=task)
        self.ids = [self.instance_row('member-%d' % number, status,
                                      cluster_id=self.row.id,
                                      task_status=member_task).id
                    for number, (status, member_task) in enumerate(members)]
        self.age(CLUSTER, self.row.id)
        abandoned.give_up()
        self.assertEqual(ClusterTasks.NONE, self.cluster_task())
        return [self.task_of(member) for member in self.ids]

    def test_members_that_the_task_was_about(self):
        alive, ready = ServiceStatuses.HEALTHY, ServiceStatuses.INSTANCE_READY
        none, error = InstanceTasks.NONE, InstanceTasks.BUILDING_ERROR_SERVER
        rows = [
            (ClusterTasks.BUILDING_INITIAL, ServiceStatuses.BUILDING,
             InstanceTasks.BUILDING, error),
            (ClusterTasks.BUILDING_INITIAL, ready, none, error),
            (ClusterTasks.BUILDING_INITIAL, alive, none, none),
            (ClusterTasks.BUILDING_INITIAL, ServiceStatuses.FAILED,
             InstanceTasks.BUILDING_ERROR_PORT,
             InstanceTasks.BUILDING_ERROR_PORT),
            (ClusterTasks.GROWING_CLUSTER, ready, none,
             InstanceTasks.GROWING_ERROR),
            (ClusterTasks.GROWING_CLUSTER, alive, none, none),
            (ClusterTasks.SHRINKING_CLUSTER, alive, InstanceTasks.DELETING,
             InstanceTasks.SHRINKING_ERROR),
            (ClusterTasks.SHRINKING_CLUSTER, alive, none, none),
            (ClusterTasks.DELETING, alive, InstanceTasks.DELETING,
             InstanceTasks.SHRINKING_ERROR),
            (ClusterTasks.RESTARTING_CLUSTER, ServiceStatuses.SHUTDOWN,
             InstanceTasks.REBOOTING, error),
            (ClusterTasks.RESTARTING_CLUSTER, alive,
             InstanceTasks.RESTART_REQUIRED, InstanceTasks.RESTART_REQUIRED),
            (ClusterTasks.UPGRADING_CLUSTER, alive, InstanceTasks.UPGRADING,
             InstanceTasks.UPGRADING_ERROR),
            (ClusterTasks.UPDATING_CLUSTER, alive, none, none),
        ]
        for task, status, before, after in rows:
            with self.subTest(task=task.name, before=before.db_text):
                self.assertEqual([after],
                                 self._give_up(task, (status, before)))

    def test_they_are_told_why(self):
        self._give_up(ClusterTasks.GROWING_CLUSTER,
                      (ServiceStatuses.INSTANCE_READY, InstanceTasks.NONE))
        self.assertIn('The task manager was stopped',
                      self.fault_of(self.ids[0]))

    def test_a_task_that_is_worked_on_stays(self):
        self.row = self.cluster_row(
            task_status=ClusterTasks.BUILDING_INITIAL)
        for age, expected in ((170, ClusterTasks.BUILDING_INITIAL),
                              (190, ClusterTasks.NONE)):
            self.age(CLUSTER, self.row.id, age)
            abandoned.give_up()
            self.assertEqual(expected, self.cluster_task())


class SingleTest(AbandonedCase):

    def _give_up(self, **fields):
        row = self.instance_row('single', **fields)
        self.age(INSTANCE, row.id)
        abandoned.give_up()
        return row.id

    def test_one_that_is_being_built(self):
        instance = self._give_up(task_status=InstanceTasks.BUILDING)
        self.assertEqual(InstanceTasks.BUILDING_ERROR_SERVER,
                         self.task_of(instance))
        self.assertIn('The task manager was stopped',
                      self.fault_of(instance))

    def test_tasks_of_one_that_was_built(self):
        self.patch(servers, 'is_at_rest', return_value=True)
        again = InstanceTasks.RESTART_REQUIRED
        for task, expected in (
                (InstanceTasks.REBOOTING, again),
                (InstanceTasks.RESIZING, again),
                (InstanceTasks.MIGRATING, again),
                (InstanceTasks.UPGRADING, InstanceTasks.UPGRADING_ERROR),
                (InstanceTasks.DELETING, InstanceTasks.SHRINKING_ERROR),
                (InstanceTasks.UPDATING,
                 InstanceTasks.UPDATING_ERROR_ACCESS)):
            with self.subTest(task=task.db_text):
                instance = self._give_up(task_status=task)
                self.assertEqual(expected, self.task_of(instance))
                self.assertIn('Try it again', self.fault_of(instance))

    def test_others_stay(self):
        for task in (InstanceTasks.NONE, InstanceTasks.RESTART_REQUIRED):
            self.assertEqual(task,
                             self.task_of(self._give_up(task_status=task)))


class ClaimTest(AbandonedCase):

    def setUp(self):
        super(ClaimTest, self).setUp()
        self.manager = taskmanager.Manager()
        # Whenever somebody looks, what is due is due.
        self.patch(periodic_task, 'now',
                   side_effect=itertools.count(2 ** 40, 3600))

    def _look_within(self, model, row_id):
        """Return what does the work of a task, and looks meanwhile."""
        def work(*arguments, **others):
            self.age(model, row_id)
            self.manager.run_periodic_tasks(None, raise_on_error=True)
            self.seen = (model.find_by(id=row_id).updated,
                         self.cluster_task())
        return work

    def _assert_claimed(self, name, *arguments):
        self.row = self.cluster_row(task_status=ClusterTasks.GROWING_CLUSTER)
        self.patch(manager.Manager, name,
                   side_effect=self._look_within(CLUSTER, self.row.id))
        getattr(self.manager, name)(self.context, self.row.id, *arguments)
        updated, task = self.seen
        self.assertEqual(ClusterTasks.GROWING_CLUSTER, task)
        self.assertLess(timeutils.delta_seconds(updated,
                                                timeutils.utcnow()), 60)

    def test_every_task_of_a_cluster(self):
        for name, *arguments in (
                ('create_cluster',), ('grow_cluster', ['id']),
                ('shrink_cluster', ['id']), ('restart_cluster',),
                ('upgrade_cluster', 'id'), ('delete_cluster',)):
            with self.subTest(name):
                self._assert_claimed(name, *arguments)

    def test_one_that_has_ended_is_no_longer_claimed(self):
        self._assert_claimed('create_cluster')
        self.age(CLUSTER, self.row.id)
        self.manager.run_periodic_tasks(None, raise_on_error=True)
        self.assertEqual(ClusterTasks.NONE, self.cluster_task())

    def test_an_instance_that_is_being_built(self):
        self.row = self.cluster_row()
        row = self.instance_row('single', task_status=InstanceTasks.BUILDING)
        self.patch(manager.Manager, 'create_instance',
                   side_effect=self._look_within(INSTANCE, row.id))
        self.manager.create_instance(self.context, row.id,
                                     datastore_manager='k2hdkc',
                                     cluster_config={'id': 'c'})
        self.assertEqual(InstanceTasks.BUILDING, self.task_of(row.id))

    def test_every_task_of_an_instance(self):
        self.patch(servers, 'is_at_rest', return_value=True)
        self.patch(taskmanager.volumes, 'put_back', return_value=1)
        self.patch(taskmanager.singles, 'guest')
        self.row = self.cluster_row()
        for name, task, *arguments in (
                ('resize_volume', InstanceTasks.RESIZING, 2),
                ('resize_flavor', InstanceTasks.RESIZING, 'old', 'new'),
                ('reboot', InstanceTasks.REBOOTING),
                ('migrate', InstanceTasks.MIGRATING, 'host'),
                ('rebuild', InstanceTasks.BUILDING, 'image'),
                ('update_access', InstanceTasks.UPDATING, {}),
                ('delete_instance', InstanceTasks.DELETING)):
            with self.subTest(name):
                row = self.instance_row('single', task_status=task)
                called = self.patch(
                    manager.Manager, name,
                    side_effect=self._look_within(INSTANCE, row.id))
                getattr(self.manager, name)(self.context, row.id, *arguments)
                called.assert_called_once_with(self.context, row.id,
                                               *arguments)
                self.assertEqual(task, self.task_of(row.id))
                self.age(INSTANCE, row.id)
                self.manager.run_periodic_tasks(None, raise_on_error=True)
                self.assertNotEqual(task, self.task_of(row.id))

    def test_a_restart(self):
        self.row = cluster = self.cluster_row(members=1)
        row = self.members(cluster.id)[0]
        guest = self.patch(taskmanager.singles, 'guest').return_value
        guest.needs_restart.return_value = False
        restart = self.patch(
            manager.Manager, 'restart',
            side_effect=self._look_within(INSTANCE, row.id))
        self.manager.restart(self.context, row.id)
        restart.assert_called_once_with(self.context, row.id)
        self.assertLess(timeutils.delta_seconds(self.seen[0],
                                                timeutils.utcnow()), 60)

    def test_instances_of_others_are_not_claimed(self):
        self.row = self.cluster_row()
        row = self.instance_row('other')
        self.patch(taskmanager, 'MANAGER', new='another')
        self.patch(manager.Manager, 'reboot',
                   side_effect=self._look_within(INSTANCE, row.id))
        self.manager.reboot(self.context, row.id)
        self.assertGreater(timeutils.delta_seconds(self.seen[0],
                                                   timeutils.utcnow()), 60)

    def test_replicas_of_others_pass(self):
        create = self.patch(manager.Manager, 'create_instance')
        self.manager.create_instance(self.context, ['a', 'b'],
                                     datastore_manager='mysql')
        create.assert_called_once_with(self.context, ['a', 'b'],
                                       datastore_manager='mysql')
