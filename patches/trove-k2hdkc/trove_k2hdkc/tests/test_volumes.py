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
from trove.instance.service_status import ServiceStatuses
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import manager
from trove.taskmanager import models as task_models

from trove_k2hdkc.cluster import health
from trove_k2hdkc.tests import test_taskmanager


class VolumeCase(test_taskmanager.SingleCase):
    """An instance, its volume in Cinder, and what its guest does with it."""

    def setUp(self):
        super(VolumeCase, self).setUp()
        self.row = self.instance_row('single',
                                     task_status=InstanceTasks.RESIZING)
        self.volume = mock.Mock(id='volume', size=1, status='in-use')
        self.guest.ring_name.return_value = self.row.id
        self.tasks = mock.Mock(id=self.row.id, volume_id='volume',
                               volume_size=1, device_path='/dev/vdb')
        self.tasks.volume_client.volumes.get.return_value = self.volume
        self.tasks.nova_client.volumes.create_server_volume.side_effect = (
            self._attach)
        self.tasks.guest.mount_volume.side_effect = self._mount
        self.tasks.datastore_version.manager = 'k2hdkc'
        self.patch(task_models.BuiltInstanceTasks, 'load', autospec=True,
                   return_value=self.tasks)

    def _attach(self, *arguments):
        self.volume.status = 'in-use'

    def _mount(self, **arguments):
        self.guest.ring_name.return_value = self.row.id

    def take_off(self):
        self.volume.status = 'available'
        self.guest.ring_name.return_value = None

    def assert_put_back(self):
        attach = self.tasks.nova_client.volumes.create_server_volume
        attach.assert_called_once_with(self.tasks.server.id, 'volume',
                                       '/dev/vdb')
        where = {'device_path': '/dev/vdb',
                 'mount_point': '/var/lib/antpickax/k2hdkc'}
        self.tasks.guest.resize_fs.assert_called_once_with(online=False,
                                                           **where)
        self.tasks.guest.mount_volume.assert_called_once_with(**where)


class RestartTest(VolumeCase):

    def test_a_volume_that_was_left_off_is_put_back_first(self):
        self.take_off()
        self.manager.restart(self.context, self.row.id)
        self.assert_put_back()
        self.guest.restart.assert_called_once_with()
        self.assertEqual(InstanceTasks.NONE, self.task_of(self.row.id))

    def test_one_that_was_not_mounted(self):
        self.guest.ring_name.return_value = None
        self.manager.restart(self.context, self.row.id)
        self.tasks.nova_client.volumes.create_server_volume.assert_not_called()
        self.tasks.guest.mount_volume.assert_called_once()

    def test_one_that_is_in_its_place(self):
        self.manager.restart(self.context, self.row.id)
        self.tasks.guest.mount_volume.assert_not_called()
        self.tasks.update_db.assert_not_called()

    def test_one_that_cannot_be_put_back(self):
        self.take_off()
        self.tasks.guest.resize_fs.side_effect = exception.GuestError(
            original_message='The file system is damaged')
        refusal = self.assertRaises(exception.TroveError,
                                    self.manager.restart, self.context,
                                    self.row.id)
        self.assertIn('The file system is damaged', str(refusal))
        self.assertIn('The file system is damaged',
                      self.fault_of(self.row.id))
        self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                         self.task_of(self.row.id))
        self.guest.restart.assert_not_called()


class ResizeTest(VolumeCase):

    def setUp(self):
        super(ResizeTest, self).setUp()
        self.resize = self.patch(manager.Manager, 'resize_volume')

    def test_one_that_is_in_its_place(self):
        self.manager.resize_volume(self.context, self.row.id, '2')
        self.resize.assert_called_once_with(self.context, self.row.id, '2')
        self.tasks.guest.resize_fs.assert_not_called()

    def test_one_that_was_left_off_before_it_was_extended(self):
        self.take_off()
        self.manager.resize_volume(self.context, self.row.id, '2')
        self.assert_put_back()
        self.resize.assert_called_once_with(self.context, self.row.id, '2')

    def test_one_that_was_extended_already(self):
        self.take_off()
        self.volume.size = 2
        self.manager.resize_volume(self.context, self.row.id, '2')
        self.tasks.update_db.assert_called_once_with(volume_size=2)
        self.tasks.guest.mount_volume.assert_called_once()
        self.assertTrue(
            self.tasks.guest.resize_fs.call_args[1]['online'])
        self.guest.restart.assert_called_once_with()
        self.resize.assert_not_called()
        self.assertEqual(InstanceTasks.NONE, self.task_of(self.row.id))

    def test_one_that_fails_can_be_restarted(self):
        for before, after in (
                (ServiceStatuses.FAILED, ServiceStatuses.SHUTDOWN),
                (ServiceStatuses.HEALTHY, ServiceStatuses.HEALTHY)):
            service = health.service(self.row.id)
            service.set_status(before)
            service.save()
            self.resize.side_effect = exception.TroveError('No server')
            self.assertRaises(exception.TroveError,
                              self.manager.resize_volume, self.context,
                              self.row.id, '2')
            self.assertEqual(after, health.service(self.row.id).get_status())
            self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                             self.task_of(self.row.id))

    def test_without_a_volume(self):
        self.tasks.volume_id = None
        self.manager.resize_volume(self.context, self.row.id, '2')
        self.resize.assert_called_once_with(self.context, self.row.id, '2')

    def test_other_datastores_pass(self):
        self.patch(test_taskmanager.taskmanager, 'MANAGER', new='another')
        self.manager.resize_volume(self.context, self.row.id, 2)
        self.resize.assert_called_once_with(self.context, self.row.id, 2)
        self.tasks.volume_client.volumes.get.assert_not_called()
