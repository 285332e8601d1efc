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

from cinderclient import exceptions as cinder_exceptions
from neutronclient.common import exceptions as neutron_exceptions

from trove.common import exception
from trove.common import server_group

from trove_k2hdkc.cluster import localities
from trove_k2hdkc.tests import test_cluster_api

member = test_cluster_api.member


class CandidatesTest(test_cluster_api.ClusterCase):

    def setUp(self):
        super(CandidatesTest, self).setUp()
        self.row = self.cluster_row(members=2)

    def _grow(self, *instances):
        self.load(self.row).grow(list(instances), 'image-id')

    def _assert_refused(self, refusal, words, *instances):
        error = self.assertRaises(refusal, self._grow, *instances)
        self.assertIn(words, str(error))
        self.create_instance.assert_not_called()

    def test_new_members_get_the_networks_of_the_others(self):
        self._grow(member())
        self.assertEqual([{'network_id': 'net'}],
                         self.create_instance.call_args.kwargs['nics'])

    def test_the_network_of_the_task_manager_is_not_one_of_them(self):
        self.neutron.list_ports.return_value['ports'].append(
            {'network_id': 'management'})
        self.patch_conf_property('management_networks', ['management'])
        self._grow(member(nics=[{'net-id': 'net'}]))
        self.create_instance.assert_called_once()

    def test_another_network(self):
        self._assert_refused(exception.ClusterNetworksNotEqual, 'network',
                             member(nics=[{'net-id': 'other'}]))

    def test_a_subnet_that_is_not_there(self):
        self.neutron.show_subnet.side_effect = neutron_exceptions.NotFound(
            message='Subnet sub could not be found.')
        self._assert_refused(exception.BadRequest, 'Subnet sub',
                             member(nics=[{'subnet_id': 'sub'}]))

    def test_members_that_are_not_alike(self):
        self._assert_refused(exception.BadRequest, 'modules', member(),
                             member(modules=[{'id': 'one'}]))

    def test_memory_counts_before_the_first_is_ordered(self):
        self.check_quotas.side_effect = exception.QuotaExceeded(overs=['ram'])
        self._assert_refused(exception.QuotaExceeded, 'ram', member(),
                             member())
        self.assertEqual(1024, self.check_quotas.call_args.args[1]['ram'])

    def test_members_of_another_project(self):
        self.context.project_id = 'of the administrator'
        self._assert_refused(exception.BadRequest, self.project, member())

    def test_members_that_do_not_run_with_the_configuration_of_now(self):
        row = self.members(self.row.id)[0]
        row.set_task_status(
            test_cluster_api.InstanceTasks.RESTART_REQUIRED)
        row.save()
        self._assert_refused(exception.UnprocessableEntity,
                             'Restart the cluster', member())
        cluster = self.load(self.row)
        self.assertRaises(exception.UnprocessableEntity, cluster.shrink,
                          [row.id])
        # One that is dead must go, or nothing could be restarted.
        self.patch(test_cluster_api.api.health, 'is_in_ring',
                   return_value=False)
        cluster.shrink([row.id])
        self.tasks.shrink_cluster.assert_called_once()

    def test_values_that_were_stored_before_members_were_told(self):
        row = self.members(self.row.id)[0]
        self.outdated.add(row.id)
        self._assert_refused(exception.UnprocessableEntity,
                             'Restart the cluster', member())
        self.assertRaises(exception.UnprocessableEntity,
                          self.load(self.row).shrink, [row.id])
        self.assertEqual({}, self.k2hr3.rings)

    def test_the_type_of_the_volumes_that_are_there(self):
        for row, volume in zip(self.members(self.row.id), ('gone', 'there')):
            row.volume_id = volume
            row.region_id = 'two'
            row.save()
        self.cinder.volumes.get.side_effect = [
            cinder_exceptions.NotFound(404), mock.Mock(volume_type='fast')]
        self._grow(member())
        placed = self.create_instance.call_args.kwargs
        self.assertEqual(('fast', 'two'), (placed['volume_type'],
                                           placed['region_name']))

    def test_values_that_were_refused_and_stored(self):
        # Trove stores the values of a group, and asks about them then.
        self.cluster_row('other')
        self.row.configuration_id = self.group(cluster_name='other')
        self.row.save()
        for action in (lambda: self._grow(member()),
                       self.load(self.row).restart):
            refusal = self.assertRaises(
                test_cluster_api.webob.exc.HTTPConflict, action)
            self.assertIn('other', refusal.detail)
        self.create_instance.assert_not_called()
        self.tasks.restart_cluster.assert_not_called()

    def test_a_ring_that_another_cluster_still_runs_in(self):
        # Its group names another since, for which it was not restarted yet.
        self.row.configuration_id = self.group(cluster_name='later')
        self.row.save()
        self.register('ring')
        self.k2hr3.members['ring'] = {'server of ring-member-1'}
        other = self.load(self.cluster_row('own', configuration_id=self.group(
            cluster_name='ring'), members=1))
        refusal = self.assertRaises(
            test_cluster_api.webob.exc.HTTPConflict, other.restart)
        self.assertIn('ring-member-1', refusal.detail)


class LocalityTest(test_cluster_api.ClusterCase):

    def setUp(self):
        super(LocalityTest, self).setUp()
        self.patch(server_group, 'create_nova_client',
                   return_value=self.nova)
        self.groups = self.nova.server_groups
        self.groups.get.return_value.policies = ['affinity']
        self.groups.create.return_value.id = 'own'

    def _create(self, members=2):
        return test_cluster_api.api.Cluster.create(
            self.context, 'ring', self.datastore, self.version,
            [member()] * members, {}, {'group': 'made'}, None, 'image')

    def _deleted(self):
        return [call.args[0] for call in self.groups.delete.call_args_list]

    def test_the_group_has_the_id_of_the_cluster_in_its_name(self):
        cluster = self._create()
        self.groups.create.assert_called_once_with(
            name='locality_' + cluster.id, policies=['affinity'])
        self.assertEqual({'group': 'own'},
                         self.create_instance.call_args.kwargs['locality'])
        self.assertEqual(['made'], self._deleted())

    def test_a_refusal_leaves_none(self):
        self.assertRaises(exception.ClusterNumInstancesNotLargeEnough,
                          self._create, 1)
        self.assertEqual(['made', 'own'], self._deleted())

    def test_a_group_that_nova_does_not_make(self):
        self.groups.create.side_effect = ValueError('quota')
        self.groups.delete.side_effect = ValueError('gone')
        self.assertRaises(ValueError, self._create)
        self.assertEqual(['made'], self._deleted())
        self.assertEqual([], self.clusters())

    def test_new_members_go_where_the_others_are(self):
        row = self.cluster_row(members=2)
        localities.load.return_value = mock.Mock(id='own')
        self.load(row).grow([member()], 'image')
        localities.load.assert_called_once_with(self.context, row.id)
        self.assertEqual({'group': 'own'},
                         self.create_instance.call_args.kwargs['locality'])


class NameTest(test_cluster_api.ClusterCase):

    def test_members_must_be_able_to_have_names(self):
        refusal = self.assertRaises(
            exception.BadRequest, test_cluster_api.api.Cluster.create,
            self.context, 'r' * 250, self.datastore, self.version,
            [member(), member()], {}, None,
            self.group(cluster_name='ring'), 'image')
        self.assertIn('It can have 243 at most', str(refusal))
        self.assertEqual([], self.clusters())

    def test_a_group_that_is_no_id(self):
        for configuration in ({}, {'id': 'x'}, ['x'], 5):
            if configuration:
                self.assertRaises(
                    exception.BadRequest, test_cluster_api.api.Cluster.create,
                    self.context, 'ring', self.datastore, self.version,
                    [member(), member()], {}, None, configuration, 'image')
            self.assertRaises(
                exception.BadRequest, self.load(
                    self.cluster_row()).configuration_attach, configuration)
