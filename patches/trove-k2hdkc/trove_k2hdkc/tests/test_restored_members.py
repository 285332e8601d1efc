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

import inspect
from unittest import mock

from trove.common import cfg
from trove.common import exception
from trove.common import server_group
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import api as task_api
from trove.taskmanager import models as task_models

from trove_k2hdkc import ring
from trove_k2hdkc.tests import test_taskmanager

CONF = cfg.CONF
FRESH = task_models.FreshInstanceTasks
LOADS = {ring.BACKUPS_KEY: [{'id': 'b'}]}


class RestoredMemberTest(test_taskmanager.SingleCase):
    """A member is created as Trove's own task manager creates an instance."""

    def setUp(self):
        super(RestoredMemberTest, self).setUp()
        self.row = self.instance_row('m', task_status=InstanceTasks.BUILDING)
        self.hint = self.patch(
            server_group.ServerGroup, 'build_scheduler_hint', autospec=True,
            return_value='hint')
        self.tasks = mock.create_autospec(FRESH, instance=True)
        self.patch(FRESH, 'load', autospec=True, return_value=self.tasks)
        self.context.notification = mock.MagicMock(server_type='taskmanager')
        for name, seconds in (('usage_timeout', 10),
                              ('restore_usage_timeout', 20)):
            self.set_option(name, seconds)

    def set_option(self, name, seconds):
        CONF.set_override(name, seconds)
        self.addCleanup(CONF.clear_override, name)

    def _order(self, **cluster_config):
        """Order a member by Trove's own API of the task manager.

        :returns: arguments that it was created with, by their names
        """
        self.tasks.reset_mock()
        client = task_api.API.__new__(task_api.API)
        with mock.patch.multiple(
                task_api.API, _cast=self._cast,
                _transform_obj=mock.Mock(return_value={'ram': 512})):
            client.create_instance(
                self.row.id, 'm', 'flavor', 'image', [], [], 'k2hdkc', [], 1,
                availability_zone='zone', nics=['nic'], overrides={},
                cluster_config=cluster_config, volume_type='type',
                locality='affinity', ds_version='1.0.19')
        args, kwargs = self.tasks.create_instance.call_args
        return inspect.signature(FRESH.create_instance).bind(
            self.tasks, *args, **kwargs).arguments

    def _cast(self, method, version, **arguments):
        getattr(self.manager, method)(self.context, **arguments)

    def _waited(self):
        (seconds, flavor), _ = self.tasks.wait_for_instance.call_args
        self.assertEqual({'ram': 512}, flavor)
        return seconds

    def test_with_the_same_arguments(self):
        by_trove = self._order(id='c')
        hints = self.hint.call_args_list[:]
        self.hint.reset_mock()
        restored = self._order(id='c', **LOADS)
        self.assertEqual(dict(LOADS, id='c'), restored.pop('cluster_config'))
        self.assertEqual({'id': 'c'}, by_trove.pop('cluster_config'))
        self.assertEqual(by_trove, restored)
        self.assertEqual(hints, self.hint.call_args_list)

    def test_it_has_the_time_of_a_restore(self):
        self._order(id='c')
        self.assertEqual(10, self._waited())
        self._order(id='c', **LOADS)
        self.assertEqual(20, self._waited())
        self.set_option('usage_timeout', 30)
        self._order(id='c', **LOADS)
        self.assertEqual(30, self._waited())

    def test_the_end_is_told(self):
        self._order(id='c', **LOADS)
        self.context.notification.notify_end.assert_called_once_with()
        self.tasks.create_instance.side_effect = exception.TroveError('no')
        self.assertRaises(exception.TroveError, self._order, id='c', **LOADS)
        self.context.notification.notify_exc_info.assert_called_once_with(
            'no', mock.ANY)
        self.context.notification.payload.update.assert_called_with(
            {'instance_id': self.row.id})
