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

from trove.common import exception
from trove.instance import models as instance_models
from trove.instance.service_status import ServiceStatuses
from trove.instance.tasks import InstanceTasks

from trove_k2hdkc import taskmanager
from trove_k2hdkc.tests import control_case


class EmptiedTest(control_case.ControlCase):

    def setUp(self):
        super(EmptiedTest, self).setUp()
        self.guests = {}
        self.patch(taskmanager.singles, 'guest', side_effect=self._guest)
        self.manager = taskmanager.Manager()

    def _guest(self, context, instance_id):
        self.assertEqual(self.project, context.project_id)
        return self.guests[instance_id]

    @staticmethod
    def _row(instance_id):
        return instance_models.DBInstance.find_by(id=instance_id)

    def _instance(self, needs_restart=True, **fields):
        fields.setdefault('configuration_id', self.group())
        row = self.instance_row('single', **fields)
        self.addCleanup(self.delete_row, row.id)
        self.guests[row.id] = mock.Mock()
        self.guests[row.id].needs_restart.return_value = needs_restart
        return row.id

    def _tell(self):
        self.manager.tell_of_emptied_groups(None)

    def _calls(self, instance_id):
        return self.guests[instance_id].empty_overrides.call_count

    def test_all_that_have_the_group(self):
        group = self.group()
        cluster = self.cluster_row(configuration_id=group)
        ids = [self._instance(configuration_id=group),
               self._instance(configuration_id=group),
               self._instance(configuration_id=group, cluster_id=cluster.id)]
        self._tell()
        for instance in ids:
            self.assertEqual(1, self._calls(instance))
            self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                             self.task_of(instance))

    def test_others_are_left_alone(self):
        ids = [self._instance(configuration_id=None),
               self._instance(configuration_id=self.group(chmpx_replica=1)),
               self._instance(task_status=InstanceTasks.RESTART_REQUIRED),
               self._instance(status=ServiceStatuses.CRASHED)]
        self._tell()
        self.assertEqual([0] * 4, [self._calls(each) for each in ids])

    def test_each_is_told_once(self):
        instance = self._instance(needs_restart=False)
        for _ in range(2):
            self._tell()
        self.assertEqual(1, self._calls(instance))
        self.assertEqual(InstanceTasks.NONE, self.task_of(instance))

    def test_one_that_was_restarted_is_told_again(self):
        instance = self._instance(needs_restart=False)
        self._tell()
        row = self._row(instance)
        row.updated = row.updated.replace(year=2099)
        row.save()
        self._tell()
        self.assertEqual(2, self._calls(instance))

    def test_one_that_cannot_be_told_holds_up_nobody(self):
        first, second = self._instance(), self._instance()
        for instance in (first, second):
            self.guests[instance].empty_overrides.side_effect = (
                exception.GuestTimeout())
        self._tell()
        self.assertEqual([1, 1], [self._calls(first), self._calls(second)])
        self.assertEqual(InstanceTasks.NONE, self.task_of(first))
        self.guests[first].empty_overrides.side_effect = None
        self._tell()
        self.assertEqual([2, 2], [self._calls(first), self._calls(second)])
        self.assertEqual(InstanceTasks.RESTART_REQUIRED, self.task_of(first))

    def test_it_is_looked_for_again_and_again(self):
        self.assertIn('tell_of_emptied_groups',
                      [name for name, _ in self.manager._periodic_tasks])
