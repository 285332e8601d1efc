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

from trove.cluster import models as cluster_models
from trove.cluster.tasks import ClusterTasks
from trove.common import cfg
from trove.common import exception
from trove.configuration import models as config_models
from trove.guestagent import api as guest_api
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import api as task_api
from trove.taskmanager import models as task_models
from trove.tests.unittests import trove_testtools

from trove_k2hdkc.cluster import api
from trove_k2hdkc.cluster import guestagent
from trove_k2hdkc.cluster import taskmanager

CONF = cfg.CONF


def member(**values):
    return dict({'flavor_id': '1', 'volume_size': 1}, **values)


class ClusterCase(trove_testtools.TestCase):

    def setUp(self):
        super(ClusterCase, self).setUp()
        self.context = trove_testtools.TroveTestContext(
            self, auth_token='token', project_id='a-project')
        self.version = mock.Mock(id='version-id', manager='k2hdkc',
                                 image_id=None, datastore_id='ds-id')
        self.datastore = mock.Mock(id='ds-id')
        self.datastore.name = 'k2hdkc'

    def patch(self, target, name, **kwargs):
        return self.enterContext(mock.patch.object(target, name, **kwargs))


class CreateTest(ClusterCase):

    def setUp(self):
        super(CreateTest, self).setUp()
        self.db_info = mock.Mock(id='cluster-id',
                                 configuration_id='config-id')
        self.db_info.name = 'ring'
        self.create_row = self.patch(cluster_models.DBCluster, 'create',
                                     return_value=self.db_info)
        self.create_instance = self.patch(instance_models.Instance, 'create')
        self.load_tasks = self.patch(task_api, 'load')
        self.check_quotas = self.patch(api.quota, 'check_quotas')
        self.flavors = self.patch(cluster_models, 'validate_instance_flavors')
        self.nics = self.patch(cluster_models, 'validate_instance_nics')
        self.find_configuration = self.patch(config_models.Configuration,
                                             'find')

    def _create(self, instances, configuration=None):
        return api.Cluster.create(
            self.context, 'ring', self.datastore, self.version, instances,
            {}, 'affinity', configuration, 'image-id')

    def _assert_nothing_made(self):
        self.create_row.assert_not_called()
        self.create_instance.assert_not_called()

    def test_members_and_task(self):
        nics = [{'network_id': 'net'}]
        cluster = self._create(
            [member(nics=nics), member(nics=nics, name='mine')], 'config-id')
        self.assertEqual('cluster-id', cluster.id)
        self.create_row.assert_called_once_with(
            name='ring', tenant_id='a-project',
            datastore_version_id='version-id',
            task_status=ClusterTasks.BUILDING_INITIAL,
            configuration_id='config-id')
        self.assertEqual(
            ['ring-member-1', 'mine'],
            [call[0][1] for call in self.create_instance.call_args_list])
        args, kwargs = self.create_instance.call_args
        self.assertEqual((self.context, 'mine', '1', 'image-id', [], [],
                          self.datastore, self.version, 1, None), args)
        self.assertEqual({'id': 'cluster-id', 'instance_type': 'member'},
                         kwargs['cluster_config'])
        self.assertEqual('config-id', kwargs['configuration_id'])
        self.assertEqual(nics, kwargs['nics'])
        self.assertEqual('affinity', kwargs['locality'])
        self.load_tasks.return_value.create_cluster.assert_called_once_with(
            'cluster-id')

    def test_image_of_the_version_comes_first(self):
        self.version.image_id = 'image-of-version'
        self._create([member(), member()])
        self.assertEqual('image-of-version',
                         self.create_instance.call_args[0][3])

    def test_quota_is_checked_for_all_members(self):
        self._create([member(volume_size=2)] * 3)
        self.check_quotas.assert_called_once_with(
            'a-project', {'instances': 3, 'volumes': 6})

    def test_without_volumes(self):
        self.patch_conf_property('volume_support', False, section='k2hdkc')
        self._create([member(volume_size=None)] * 2)
        self.check_quotas.assert_called_once_with('a-project',
                                                  {'instances': 2})

    def test_refused_before_anything_is_made(self):
        for instances, refusal in (
            ([member()], exception.ClusterNumInstancesNotLargeEnough),
            ([member(), member(flavor_id='2')],
             exception.ClusterFlavorsNotEqual),
            ([member(), member(volume_size=2)],
             exception.ClusterVolumeSizesNotEqual),
            ([member(), member(volume_size=None)],
             exception.ClusterVolumeSizeRequired),
        ):
            self.assertRaises(refusal, self._create, instances)
        self._assert_nothing_made()

    def test_minimum_is_an_option(self):
        self.patch_conf_property('min_cluster_member_count', 3,
                                 section='k2hdkc')
        self.assertRaises(exception.ClusterNumInstancesNotLargeEnough,
                          self._create, [member()] * 2)

    def test_quota_refused(self):
        self.check_quotas.side_effect = exception.QuotaExceeded(overs=[])
        self.assertRaises(exception.QuotaExceeded, self._create,
                          [member()] * 2)
        self._assert_nothing_made()

    def test_configuration_of_another_version(self):
        self.find_configuration.side_effect = exception.NotFound(uuid='x')
        self.assertRaises(exception.NotFound, self._create, [member()] * 2,
                          'config-id')
        self.find_configuration.assert_called_once_with(
            self.context, 'config-id', 'version-id')
        self._assert_nothing_made()

    def _fail_at_second_member(self):
        first = mock.Mock()
        self.patch(api.Cluster, 'db_instances',
                   new_callable=mock.PropertyMock, return_value=[first])
        self.create_instance.side_effect = [None, exception.TroveError('no')]
        return first

    def test_half_made_cluster_is_deleted(self):
        first = self._fail_at_second_member()
        reset = self.patch(api.Cluster, 'reset_task')
        delete = self.patch(api.Cluster, 'delete')
        self.assertRaises(exception.TroveError, self._create, [member()] * 2)
        first.set_task_status.assert_called_once_with(
            InstanceTasks.BUILDING_ERROR_SERVER)
        first.save.assert_called_once_with()
        reset.assert_called_once_with()
        delete.assert_called_once_with()

    def test_first_fault_is_told_when_deleting_fails_too(self):
        self._fail_at_second_member()
        self.patch(api.Cluster, 'reset_task')
        self.patch(api.Cluster, 'delete', side_effect=ValueError('other'))
        fault = self.assertRaises(exception.TroveError, self._create,
                                  [member()] * 2)
        self.assertEqual('no', str(fault))


class ActionTest(ClusterCase):

    def test_what_is_not_there_is_refused(self):
        cluster = api.Cluster(self.context, mock.Mock(), self.datastore,
                              self.version)
        for action in (lambda: cluster.grow([member()]),
                       lambda: cluster.shrink(['id']),
                       lambda: cluster.restart(),
                       lambda: cluster.upgrade(self.version),
                       lambda: cluster.configuration_attach('id'),
                       lambda: cluster.configuration_detach()):
            refusal = self.assertRaises(exception.BadRequest, action)
            self.assertIn('not supported', str(refusal))


class ViewTest(ClusterCase):

    def test_members_and_their_addresses_are_shown(self):
        for view_class in (api.APIStrategy().cluster_view_class,
                           api.APIStrategy().mgmt_cluster_view_class):
            with mock.patch.object(view_class, '_build_instances') as build:
                view = view_class(mock.Mock(), req=mock.Mock())
                self.assertIs(build.return_value, view.build_instances())
                build.assert_called_once_with(['member'], ['member'])

    def test_no_controller_action_of_its_own(self):
        self.assertEqual({}, api.APIStrategy().cluster_controller_actions)


class TaskTest(ClusterCase):

    def setUp(self):
        super(TaskTest, self).setUp()
        rows = [mock.Mock(id='one'), mock.Mock(id='two')]
        self.patch(instance_models.DBInstance, 'find_all'
                   ).return_value.all.return_value = rows
        self.patch(instance_models.Instance, 'load',
                   side_effect=lambda context, id: id)
        tasks = taskmanager.ClusterTasks
        self.ready = self.patch(tasks, '_all_instances_ready',
                                return_value=True)
        self.guests = {'one': mock.Mock(), 'two': mock.Mock()}
        self.patch(tasks, 'get_guest', side_effect=self.guests.get)
        self.reset = self.patch(tasks, 'reset_task')
        self.failed = self.patch(tasks, 'update_statuses_on_failure')
        self.tasks = tasks(self.context, mock.Mock(), self.datastore,
                           self.version)

    def test_every_member_is_told(self):
        self.tasks.create_cluster(self.context, 'cluster-id')
        self.ready.assert_called_once_with(['one', 'two'], 'cluster-id')
        for guest in self.guests.values():
            guest.cluster_complete.assert_called_once_with()
        self.failed.assert_not_called()
        self.reset.assert_called_once_with()

    def _assert_failed(self):
        self.failed.assert_called_once_with('cluster-id')
        self.reset.assert_called_once_with()

    def test_member_that_does_not_become_ready(self):
        self.ready.return_value = False
        self.tasks.create_cluster(self.context, 'cluster-id')
        self.guests['one'].cluster_complete.assert_not_called()
        self._assert_failed()

    def test_member_that_does_not_answer(self):
        self.guests['two'].cluster_complete.side_effect = (
            exception.GuestTimeout())
        self.tasks.create_cluster(self.context, 'cluster-id')
        self._assert_failed()

    def test_strategy(self):
        strategy = taskmanager.TaskManagerStrategy()
        self.assertIs(task_api.API, strategy.task_manager_api_class)
        self.assertTrue(issubclass(strategy.task_manager_cluster_tasks_class,
                                   task_models.ClusterTasks))

    def test_guest_call(self):
        with mock.patch.object(guest_api.API, '__init__',
                               return_value=None), \
                mock.patch.object(guest_api.API, '_call') as call:
            client = guestagent.GuestAgentAPI(self.context, 'id')
            client.agent_high_timeout = 600
            client.cluster_complete()
        call.assert_called_once_with('cluster_complete', 600, version=mock.ANY)
