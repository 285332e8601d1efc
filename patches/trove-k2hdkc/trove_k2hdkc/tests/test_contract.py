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

from trove.backup import models as backup_models
from trove.cluster import models as cluster_models
from trove.common import notification
from trove.common import server_group
from trove.common.strategies.cluster import strategy
from trove.conductor import api as conductor_api
from trove.configuration import models as config_models
from trove.guestagent import api as guest_api
from trove.instance import models as instance_models
from trove.instance import service as instance_service
from trove.quota import quota
from trove.taskmanager import api as task_api
from trove.taskmanager import models as task_models
from trove.tests.unittests import trove_testtools

from trove_k2hdkc.cluster import api
from trove_k2hdkc.cluster import guestagent
from trove_k2hdkc.cluster import taskmanager
from trove_k2hdkc.cluster import views
from trove_k2hdkc.guestagent import manager
from trove_k2hdkc.guestagent import service
from trove_k2hdkc import taskmanager as single

CLASSES = (
    api.APIStrategy, api.Cluster,
    views.ClusterView, views.MgmtClusterView,
    guestagent.GuestAgentStrategy, guestagent.GuestAgentAPI,
    taskmanager.TaskManagerStrategy, taskmanager.ClusterTasks,
    manager.Manager, service.K2hdkcApp, service.K2hdkcStatus,
    single.Manager,
)

# Called by Trove, but declared only in the classes of other datastores.
ADDED = {'create_cluster', 'cluster_complete', 'restart', 'update_overrides',
         'restore_backup', 'apply_overrides', 'upgrade', 'grow_cluster',
         'shrink_cluster', 'restart_cluster', 'upgrade_cluster'}

# Called by our own parts alone, or by oslo.service.
OWN = {'prepare_data', 'leave_ring', 'settle', 'ring_name', 'needs_restart',
       'replicas', 'running_version', 'runs_with', 'write_log',
       'upgrade_and_wait', 'give_up_abandoned_tasks', 'give_up_waiting',
       'fail_left_backup', 'assert_usable', 'empty_overrides',
       'tell_of_emptied_groups'}

# What our code calls, with the names of what it passes by position, and of
# what it passes by name.
CALLED = (
    (instance_models.Instance.create,
     'context name flavor_id image_id databases users datastore '
     'datastore_version volume_size backup_id',
     'availability_zone nics configuration_id cluster_config volume_type '
     'modules locality region_name'),
    (instance_models.load_any_instance, 'context id', ''),
    (instance_models.save_instance_fault, 'instance_id message details', ''),
    (instance_service.InstanceController._check_nic, 'self context nic', ''),
    (cluster_models.validate_instance_flavors,
     'context instances volume_enabled ephemeral_enabled', ''),
    (cluster_models.validate_instance_nics, 'context instances', ''),
    (cluster_models.get_required_volume_size, 'instances volume_enabled', ''),
    (cluster_models.assert_homogeneous_cluster, 'instances',
     'required_flavor required_volume_size'),
    (config_models.Configuration.find,
     'context configuration_id datastore_version_id', ''),
    (quota.check_quotas, 'tenant_id deltas', ''),
    (quota.run_with_quotas, 'tenant_id deltas f', ''),
    (server_group.ServerGroup.build_scheduler_hint,
     'context locality name_suffix', ''),
    (server_group.ServerGroup.convert_to_hint, 'server_group', ''),
    (backup_models.Backup.delete, 'context backup_id', ''),
    (backup_models.Backup.running, 'instance_id', ''),
    (backup_models.Backup.verify_swift_auth_token, 'context', ''),
    (task_api.load, 'context manager', ''),
    (task_api.API.create_backup, 'self backup_info instance_id', ''),
    (task_api.API.create_cluster, 'self cluster_id', ''),
    (task_api.API.grow_cluster, 'self cluster_id new_instance_ids', ''),
    (task_api.API.shrink_cluster, 'self cluster_id instance_ids', ''),
    (task_models.FreshInstanceTasks.wait_for_instance,
     'self timeout flavor', ''),
    (task_models.ResizeVolumeAction, 'instance old_size new_size', ''),
    (conductor_api.API.update_backup, 'self instance_id',
     'backup_id sent size backup_type state success checksum location'),
    (conductor_api.API.notify_exc_info, 'self message exception', ''),
    (notification.EndNotification, 'context', 'backup_id instance_id'),
    (guest_api.API._call, 'self method_name timeout_sec',
     'version seconds upgrade_info'),
)


def own_functions(clazz):
    for name, member in vars(clazz).items():
        function = getattr(member, '__func__', member)
        if inspect.isfunction(function) and name != '__init__' and (
                not name.startswith('_')):
            yield name, function


def parameters(function):
    function = getattr(function, '__func__', function)
    return [(parameter.name, parameter.kind, parameter.default)
            for parameter in inspect.signature(function).parameters.values()]


def takes_anything(function):
    kinds = [kind for _, kind, _ in parameters(function)]
    return (inspect.Parameter.VAR_POSITIONAL in kinds and
            inspect.Parameter.VAR_KEYWORD in kinds)


class ContractTest(trove_testtools.TestCase):
    """This release of Trove calls our methods as they are declared, and we
    call its own as those are.
    """

    def test_overridden_methods_have_the_signature_of_the_base_class(self):
        compared = 0
        for clazz in CLASSES:
            base = clazz.__mro__[1]
            for name, function in own_functions(clazz):
                inherited = inspect.getattr_static(base, name, None)
                if inherited is None:
                    self.assertIn(name, ADDED | OWN, clazz)
                    continue
                if takes_anything(inherited):
                    continue
                compared += 1
                expected, own = parameters(inherited), parameters(function)
                if own[-1][1] == inspect.Parameter.VAR_KEYWORD:
                    # Trove calls it with keywords, and they go on as such.
                    own = own[:-1]
                    expected = expected[:len(own)]
                self.assertEqual(expected, own,
                                 '%s.%s' % (clazz.__name__, name))
        self.assertGreater(compared, 5)

    def test_what_is_called_takes_what_is_passed(self):
        for function, by_position, by_name in CALLED:
            bound = inspect.signature(function).bind(
                *by_position.split(), **dict.fromkeys(by_name.split()))
            self.assertEqual(
                by_position.split(),
                list(bound.arguments)[:len(by_position.split())], function)

    def test_the_loader_finds_the_strategies(self):
        self.assertIs(
            api.Cluster,
            strategy.load_api_strategy('k2hdkc').cluster_class)
        self.assertIs(
            taskmanager.ClusterTasks,
            strategy.load_taskmanager_strategy(
                'k2hdkc').task_manager_cluster_tasks_class)
        self.assertIs(
            guestagent.GuestAgentAPI,
            strategy.load_guestagent_strategy('k2hdkc').guest_client_class)
