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

from trove.common.strategies.cluster import strategy
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
OWN = {'prepare_data', 'leave_ring', 'settle', 'ring_name', 'write_log',
       'upgrade_and_wait', 'give_up_abandoned_tasks', 'give_up_waiting',
       'fail_left_backup'}


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
    """This release of Trove calls our methods as they are declared."""

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
