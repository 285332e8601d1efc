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

from trove.common import exception
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import manager

from trove_k2hdkc import taskmanager
from trove_k2hdkc.tests import test_taskmanager

# Tasks of Trove after which a node runs that may have been given values.
TASKS = {'resize_flavor': ({'id': '1'}, {'id': '2'}), 'reboot': (),
         'migrate': ('host',), 'rebuild': ('image',), 'update_access': ({},),
         'resize_volume': (2,), 'upgrade': ()}


class KeptTest(test_taskmanager.SingleCase):

    def setUp(self):
        super(KeptTest, self).setUp()
        self.guest.needs_restart.return_value = True
        self.patch(taskmanager.volumes, 'put_back', return_value=None)
        self.error = None

    def _work(self, context, instance_id, *arguments):
        """Do what Trove does in the end."""
        row = instance_models.DBInstance.find_by(id=instance_id)
        row.set_task_status(InstanceTasks.NONE)
        row.save()
        if self.error:
            raise self.error

    def _after(self, name, **fields):
        row = self.instance_row('instance', **fields)
        self.patch(manager.Manager, name, side_effect=self._work)
        arguments = ([self.version.id] if name == 'upgrade' else
                     TASKS.get(name, ()))
        getattr(self.manager, name)(self.context, row.id, *arguments)
        return self.task_of(row.id)

    def test_a_single_instance_needs_its_restart_still(self):
        for name in TASKS:
            self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                             self._after(name), name)

    def test_a_member_does_whoever_restarts_it_alone(self):
        cluster = self.cluster_row()
        for name in ('restart', *TASKS):
            self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                             self._after(name, cluster_id=cluster.id), name)

    def test_one_whose_values_are_in_effect(self):
        self.guest.needs_restart.return_value = False
        for name in TASKS:
            self.assertEqual(InstanceTasks.NONE, self._after(name), name)

    def test_a_guest_that_does_not_say_it(self):
        for error in (exception.GuestError(original_message='no method'),
                      exception.GuestTimeout()):
            self.guest.needs_restart.side_effect = error
            self.assertEqual(InstanceTasks.NONE, self._after('reboot'))

    def test_what_was_begun_while_the_guest_was_asked_goes_on(self):
        def begin():
            row = instance_models.DBInstance.find_by(tenant_id=self.project,
                                                     deleted=False)
            row.set_task_status(InstanceTasks.RESIZING)
            row.save()
            return True
        self.guest.needs_restart.side_effect = begin
        self.assertEqual(InstanceTasks.RESIZING, self._after('reboot'))

    def test_a_task_that_fails(self):
        self.error = exception.TroveError('no host')
        row = self.instance_row('instance')
        self.patch(manager.Manager, 'migrate', side_effect=self._work)
        self.assertRaises(exception.TroveError, self.manager.migrate,
                          self.context, row.id, 'host')
        self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                         self.task_of(row.id))

    def test_a_task_that_ends_in_error_stays_so(self):
        row = self.instance_row('instance')
        self.guest.upgrade_and_wait.side_effect = exception.GuestTimeout()
        self.assertRaises(exception.TroveError, self.manager.upgrade,
                          self.context, row.id, self.version.id)
        self.assertEqual(InstanceTasks.UPGRADING_ERROR, self.task_of(row.id))
        self.guest.needs_restart.assert_not_called()

    def test_other_datastores_are_not_asked(self):
        self.patch(taskmanager, 'MANAGER', new='another')
        self.assertEqual(InstanceTasks.NONE, self._after('reboot'))
        self.guest.needs_restart.assert_not_called()
