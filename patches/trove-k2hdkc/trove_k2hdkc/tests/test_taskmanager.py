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

from trove.common import cfg
from trove.common import exception
from trove.common import utils
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTasks
from trove.taskmanager import manager

from trove_k2hdkc.cluster import guestagent
from trove_k2hdkc import ring
from trove_k2hdkc import taskmanager
from trove_k2hdkc.tests import control_case

CONF = cfg.CONF


class SingleCase(control_case.ControlCase):

    def setUp(self):
        super(SingleCase, self).setUp()
        self.manager = taskmanager.Manager()
        self.guest = mock.create_autospec(guestagent.GuestAgentAPI,
                                          instance=True)
        self.guest.ring_name.return_value = None
        self.guest.needs_restart.return_value = False
        self.guest.running_version.return_value = '1.0.19'
        self.patch(guestagent, 'GuestAgentAPI', autospec=True,
                   return_value=self.guest)

    def fault_of(self, instance_id):
        return instance_models.DBInstanceFault.find_by(
            instance_id=instance_id).message

    def packed(self, name):
        return {'name': name,
                'extdata-url': 'http://k2hr3/v1/extdata/trove/' + name}


class CreateTest(SingleCase):

    def setUp(self):
        super(CreateTest, self).setUp()
        self.create = self.patch(manager.Manager, 'create_instance')

    def _create(self, row, **arguments):
        self.manager.create_instance(
            self.context, row.id, **dict(
                {'name': 'single', 'datastore_manager': 'k2hdkc',
                 'cluster_config': None, 'overrides': {}}, **arguments))
        return self.create.call_args[1]

    def test_a_ring_of_its_own_without_a_group(self):
        row = self.instance_row('single')
        told = self._create(row)
        self.assertEqual({ring.KEY: self.packed(row.id)}, told['overrides'])
        self.assertEqual('single', told['name'])
        self.assertIn(row.id, self.k2hr3.rings)

    def test_the_ring_of_its_group(self):
        row = self.instance_row('single', configuration_id=self.group(
            cluster_name='Ring', chmpx_replica=2))
        self.assertEqual(
            {'cluster-name': 'Ring', 'chmpx-replica': 2,
             ring.KEY: self.packed('ring')}, self._create(row)['overrides'])
        self.assertEqual('2', self.k2hr3.rings['ring']['chmpx-replica'])

    def test_members_and_other_datastores_pass(self):
        row = self.instance_row('single')
        for arguments in ({'cluster_config': {'id': 'c'}},
                          {'datastore_manager': 'mysql'}):
            self.assertEqual({}, self._create(row, **arguments)['overrides'])
        self.assertEqual({}, self.k2hr3.rings)

    def _assert_refused(self, row, words, **arguments):
        refusal = self.assertRaises(exception.TroveError, self._create, row,
                                    **arguments)
        self.assertIn(words, str(refusal))
        self.create.assert_not_called()
        self.assertEqual(InstanceTasks.BUILDING_ERROR_SERVER,
                         self.task_of(row.id))
        self.assertIn(words[:40], self.fault_of(row.id))

    def test_databases_and_users(self):
        for number, contents in enumerate((
                {'databases': [{'_name': 'shop'}]},
                {'databases': [], 'users': [{'_name': 'shop'}]})):
            self._assert_refused(self.instance_row('single %s' % number),
                                 'K2HDKC has neither databases nor users',
                                 **contents)
        self.assertEqual({}, self.k2hr3.rings)

    def test_k2hr3_is_away(self):
        self.k2hr3.go_away()
        self._assert_refused(self.instance_row('single'),
                             'the connection was refused')

    def test_a_group_that_cannot_be_used(self):
        self._assert_refused(
            self.instance_row('single', configuration_id=self.group(
                chmpx_server_port=9020)), 'chmpx-server-port is 9020')


class RestartTest(SingleCase):

    def setUp(self):
        super(RestartTest, self).setUp()
        self.restart = self.patch(manager.Manager, 'restart')
        self.patch(taskmanager.volumes, 'put_back')

    def test_attaching_joins(self):
        row = self.instance_row('single', configuration_id=self.group(
            cluster_name='ring', http_proxy='http://proxy'))
        self.k2hr3.rings[row.id] = {}
        self.guest.ring_name.return_value = row.id
        self.manager.restart(self.context, row.id)
        self.guest.update_overrides.assert_called_once_with({
            'cluster-name': 'ring', 'http_proxy': 'http://proxy',
            ring.KEY: self.packed('ring')})
        self.guest.restart.assert_called_once_with()
        self.assertEqual({'ring'}, set(self.k2hr3.rings))
        self.assertEqual(InstanceTasks.NONE, self.task_of(row.id))
        self.restart.assert_not_called()

    def test_detaching_leaves(self):
        self.register('ring')
        self.cluster_row('ring')
        row = self.instance_row('single')
        self.k2hr3.members['ring'] = {'server of single', 'another'}
        self.guest.ring_name.return_value = 'ring'
        self.manager.restart(self.context, row.id)
        self.guest.update_overrides.assert_called_once_with(
            {ring.KEY: self.packed(row.id)})
        self.assertEqual({'another'}, self.k2hr3.members['ring'])
        self.assertEqual({'ring', row.id}, set(self.k2hr3.rings))

    def test_staying_in_a_ring(self):
        row = self.instance_row('single')
        self.guest.ring_name.return_value = row.id
        self.k2hr3.members[row.id] = {'server of single'}
        self.manager.restart(self.context, row.id)
        self.assertEqual({'server of single'}, self.k2hr3.members[row.id])

    def test_k2hr3_is_away(self):
        row = self.instance_row('single')
        self.k2hr3.go_away()
        refusal = self.assertRaises(exception.TroveError,
                                    self.manager.restart, self.context,
                                    row.id)
        self.assertIn('the connection was refused', str(refusal))
        self.guest.restart.assert_not_called()
        self.guest.update_overrides.assert_not_called()
        self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                         self.task_of(row.id))

    def test_a_guest_that_cannot(self):
        row = self.instance_row('single', task_status=InstanceTasks.REBOOTING)
        for error in (exception.GuestError(original_message='It keeps '
                                           'ending'),
                      exception.GuestTimeout('It keeps silent')):
            self.guest.restart.side_effect = error
            refusal = self.assertRaises(exception.TroveError,
                                        self.manager.restart, self.context,
                                        row.id)
            self.assertIn('It keeps', str(refusal))
            self.assertIn('It keeps', self.fault_of(row.id))
            self.assertEqual(InstanceTasks.RESTART_REQUIRED,
                             self.task_of(row.id))

    def test_the_ring_of_before_goes_though_the_restart_fails(self):
        # What tries it again is told of the new one.
        row = self.instance_row('single', configuration_id=self.group(
            cluster_name='ring'))
        self.register(row.id)
        self.guest.ring_name.return_value = row.id
        self.guest.restart.side_effect = exception.GuestTimeout()
        self.assertRaises(exception.TroveError, self.manager.restart,
                          self.context, row.id)
        self.assertEqual({'ring'}, set(self.k2hr3.rings))

    def test_members_pass(self):
        cluster = self.cluster_row(members=1)
        member = self.members(cluster.id)[0]
        self.manager.restart(self.context, member.id)
        self.restart.assert_called_once_with(self.context, member.id)
        self.assertEqual({}, self.k2hr3.rings)


class DeleteTest(SingleCase):

    def setUp(self):
        super(DeleteTest, self).setUp()
        self.delete = self.patch(
            manager.Manager, 'delete_instance',
            side_effect=lambda context, id: self.delete_row(id))

    def test_the_ring_goes_with_it(self):
        row = self.instance_row('single')
        self.register(row.id)
        self.guest.ring_name.return_value = row.id
        self.manager.delete_instance(self.context, row.id)
        self.delete.assert_called_once_with(self.context, row.id)
        self.assertEqual({}, self.k2hr3.rings)

    def test_a_ring_that_others_have_stays(self):
        self.register('ring')
        self.cluster_row('ring')
        row = self.instance_row('single')
        self.k2hr3.members['ring'] = {'server of single', 'another'}
        self.guest.ring_name.return_value = 'ring'
        self.manager.delete_instance(self.context, row.id)
        self.assertEqual({'another'}, self.k2hr3.members['ring'])
        self.assertIn('ring', self.k2hr3.rings)

    def test_a_guest_that_does_not_answer(self):
        self.guest.ring_name.side_effect = exception.GuestTimeout()
        self.group(cluster_name='ring')
        self.group(cluster_name='used')
        row = self.instance_row('single')
        self.cluster_row('used')
        for name in ('ring', 'used', row.id):
            self.register(name)
            self.k2hr3.members[name] = {'server of single'}
        self.manager.delete_instance(self.context, row.id)
        self.assertEqual({'used'}, set(self.k2hr3.rings))
        self.assertEqual(set(), self.k2hr3.members['used'])

    def test_a_guest_that_was_told_of_no_ring(self):
        row = self.instance_row('single')
        self.register(row.id)
        self.manager.delete_instance(self.context, row.id)
        self.assertEqual({}, self.k2hr3.rings)

    def test_members_pass(self):
        cluster = self.cluster_row(members=1)
        self.register('ring')
        self.manager.delete_instance(self.context,
                                     self.members(cluster.id)[0].id)
        self.assertIn('ring', self.k2hr3.rings)


class OptionTest(SingleCase):

    def test_the_option_leads_to_it(self):
        self.assertIs(taskmanager.Manager, utils.import_class(
            'trove_k2hdkc.taskmanager.Manager'))
        self.assertTrue(issubclass(taskmanager.Manager, utils.import_class(
            CONF.taskmanager_manager)))
