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

import webob.exc

from trove.cluster import models as cluster_models
from trove.cluster.tasks import ClusterTasks
from trove.common import exception
from trove.instance import models as instance_models
from trove.instance.service_status import ServiceStatuses
from trove.instance.tasks import InstanceTasks

from trove_k2hdkc.cluster import api
from trove_k2hdkc.cluster import candidates
from trove_k2hdkc.cluster import guestagent
from trove_k2hdkc.cluster import guests
from trove_k2hdkc.cluster import localities
from trove_k2hdkc.cluster import networks
from trove_k2hdkc import ring
from trove_k2hdkc.tests import control_case


def member(**values):
    return dict({'flavor_id': '1', 'volume_size': 1}, **values)


class ClusterCase(control_case.ControlCase):
    """With stand-ins for Nova and Neutron. Ports are those of a server."""

    def setUp(self):
        super(ClusterCase, self).setUp()
        self.replicas = {}
        # Members that run with other values than those of their group.
        self.outdated = set()
        self.patch(guests.singles, 'guest', side_effect=self._guest)
        self.cinder = self.patch(candidates.clients,
                                 'create_cinder_client').return_value
        self.nova = self.patch(candidates.clients,
                               'create_nova_client').return_value
        self.nova.flavors.get.return_value.ram = 512
        self.check_quotas = self.patch(candidates.quota, 'check_quotas',
                                       autospec=True)
        self.patch(cluster_models, 'validate_instance_flavors', autospec=True)
        self.patch(cluster_models, 'validate_instance_nics', autospec=True)
        self.neutron = self.patch(networks.service.clients,
                                  'create_neutron_client').return_value
        self.neutron.list_ports.return_value = {'ports': [
            {'network_id': 'net'}]}
        self.patch(networks.service.InstanceController,
                   '_check_network_overlap')
        self.patch(localities, 'load', return_value=None)
        self.create_instance = self.patch(
            instance_models.Instance, 'create', autospec=True,
            side_effect=self._create_row)

    def _guest(self, context, member_id):
        guest = mock.create_autospec(guestagent.GuestAgentAPI, instance=True)
        guest.runs_with.return_value = member_id not in self.outdated
        guest.replicas.side_effect = [self.replicas.get(member_id, 2)]
        return guest

    def _create_row(self, context, name, *args, **kwargs):
        return self.instance_row(
            name, status=ServiceStatuses.NEW,
            task_status=InstanceTasks.BUILDING,
            cluster_id=kwargs['cluster_config']['id'])

    def load(self, row):
        return api.Cluster(self.context, row, self.datastore, self.version)

    def task(self, row):
        return cluster_models.DBCluster.find_by(id=row.id).task_status


class CreateTest(ClusterCase):

    def _create(self, instances=None, configuration=None, name='ring',
                image='image-id'):
        return api.Cluster.create(
            self.context, name, self.datastore, self.version,
            instances or [member(), member()], {}, None, configuration,
            image)

    def _assert_nothing_made(self):
        self.assertEqual([], self.clusters())
        self.create_instance.assert_not_called()
        self.assertEqual({}, self.k2hr3.rings)

    def test_members_and_task(self):
        nics = [{'network_id': 'net'}]
        configuration = self.group(chmpx_replica=2)
        cluster = self._create(
            [member(nics=nics), member(nics=nics, name='mine')],
            configuration)
        self.assertEqual(
            ['ring-member-1', 'mine'],
            [row.name for row in self.members(cluster.id)])
        args, kwargs = self.create_instance.call_args
        self.assertEqual((self.context, 'mine', '1', 'image-id', [], [],
                          self.datastore, self.version, 1, None), args)
        self.assertEqual(
            {'id': cluster.id, 'instance_type': 'member', ring.KEY: {
                'name': 'ring',
                'extdata-url': 'http://k2hr3/v1/extdata/trove/ring'}},
            kwargs['cluster_config'])
        self.assertEqual(
            (configuration, nics, None),
            (kwargs['configuration_id'], kwargs['nics'], kwargs['locality']))
        self.assertEqual('2', self.k2hr3.rings['ring']['chmpx-replica'])
        self.assertEqual(ClusterTasks.BUILDING_INITIAL, self.task(cluster))
        self.tasks.create_cluster.assert_called_once_with(cluster.id)

    def test_networks_by_the_names_that_clients_send(self):
        self.neutron.show_subnet.return_value = {
            'subnet': {'network_id': 'net'}}
        self._create([member(nics=[{'net-id': 'net'}]),
                      member(nics=[{'subnet_id': 'sub'}])])
        self.assertEqual(
            [[{'network_id': 'net'}],
             [{'network_id': 'net', 'subnet_id': 'sub'}]],
            [call.kwargs['nics']
             for call in self.create_instance.call_args_list])

    def test_a_network_that_is_none_is_refused(self):
        for nic in ({}, {'net-id': 'net', 'ip_address': '192.0.2.1'}):
            self.assertRaises(exception.NetworkNotProvided, self._create,
                              [member(nics=[nic])] * 2)
        self._assert_nothing_made()

    def test_image_of_the_version_comes_first(self):
        with mock.patch.object(type(self.version), 'image_id',
                               'image-of-version'):
            self._create()
        self.assertEqual('image-of-version',
                         self.create_instance.call_args[0][3])

    def test_quota_is_checked_for_all_members(self):
        self._create([member(volume_size=2)] * 3)
        self.check_quotas.assert_called_once_with(
            self.project, {'instances': 3, 'ram': 1536, 'volumes': 6})

    def test_without_volumes(self):
        self.patch_conf_property('volume_support', False, section='k2hdkc')
        self._create([member(volume_size=None)] * 2)
        self.check_quotas.assert_called_once_with(
            self.project, {'instances': 2, 'ram': 1024})

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
        for group in ({'chmpx_server_port': 9020}, {'cluster_name': 'a/b'}):
            self.assertRaises(exception.UnprocessableEntity, self._create,
                              configuration=self.group(**group))
        self.assertRaises(exception.UnprocessableEntity, self._create,
                          name='my ring')
        self._assert_nothing_made()

    def test_a_configuration_group_that_is_not_there(self):
        self.assertRaises(exception.NotFound, self._create,
                          configuration='nowhere')
        self._assert_nothing_made()

    def test_minimum_is_an_option(self):
        self.patch_conf_property('min_cluster_member_count', 3,
                                 section='k2hdkc')
        self.assertRaises(exception.ClusterNumInstancesNotLargeEnough,
                          self._create)

    def test_quota_refused(self):
        self.check_quotas.side_effect = exception.QuotaExceeded(overs=[])
        self.assertRaises(exception.QuotaExceeded, self._create)
        self._assert_nothing_made()

    def test_a_ring_of_another_cluster(self):
        self.cluster_row('other',
                         configuration_id=self.group(cluster_name='Ring'))
        self.assertRaises(webob.exc.HTTPConflict, self._create)
        self.assertEqual(1, len(self.clusters()))
        self.create_instance.assert_not_called()

    def test_a_ring_that_another_cluster_takes_meanwhile(self):
        self.patch(api.rings, 'assert_free',
                   side_effect=[None, webob.exc.HTTPConflict('taken')])
        delete = self.patch(api.Cluster, 'delete')
        self.assertRaises(webob.exc.HTTPConflict, self._create)
        delete.assert_called_once_with()
        self.create_instance.assert_not_called()

    def test_k2hr3_is_away(self):
        self.k2hr3.go_away()
        self.assertRaises(webob.exc.HTTPServiceUnavailable, self._create)
        self._assert_nothing_made()

    def test_a_row_that_cannot_be_made_leaves_no_ring(self):
        self.patch(cluster_models.DBCluster, 'create',
                   side_effect=exception.TroveError('no'))
        self.assertRaises(exception.TroveError, self._create)
        self._assert_nothing_made()

    def _fail_at_second_member(self):
        self.create_instance.side_effect = [
            mock.Mock(id='one'), exception.TroveError('no')]

    def test_half_made_cluster_is_deleted(self):
        self._fail_at_second_member()
        delete = self.patch(api.Cluster, 'delete')
        self.assertRaises(exception.TroveError, self._create)
        delete.assert_called_once_with()
        self.assertEqual(ClusterTasks.NONE, self.task(self.clusters()[0]))

    def test_members_that_are_built_can_be_deleted_then(self):
        self.tasks.create_cluster.side_effect = exception.TroveError('no')
        self.patch(api.Cluster, 'delete')
        self.assertRaises(exception.TroveError, self._create)
        self.assertEqual(
            [InstanceTasks.BUILDING_ERROR_SERVER] * 2,
            [row.task_status for row in self.members(self.clusters()[0].id)])

    def test_first_fault_is_told_when_deleting_fails_too(self):
        self._fail_at_second_member()
        self.patch(api.Cluster, 'delete', side_effect=ValueError('other'))
        fault = self.assertRaises(exception.TroveError, self._create)
        self.assertEqual('no', str(fault))
