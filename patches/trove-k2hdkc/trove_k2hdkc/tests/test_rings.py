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

import tempfile

import webob.exc

from trove.common import cfg
from trove.common import exception
from trove.configuration import models as config_models

from trove_k2hdkc.control import rings
from trove_k2hdkc.k2hr3 import values as k2hr3_values
from trove_k2hdkc import parameters
from trove_k2hdkc import ring
from trove_k2hdkc.tests import control_case
from trove_k2hdkc.tests import test_package_data

CONF = cfg.CONF


class ValuesTest(control_case.ControlCase):

    def _values(self, **group):
        return rings.values(self.project, self.version,
                            self.group(**group) if group else None)

    def test_without_a_group(self):
        self.assertEqual(8020, self._values()['chmpx-server-port'])

    def test_values_keep_their_types_through_the_database(self):
        found = self._values(chmpx_replica=2, chmpx_auto_merge=True,
                             cluster_name='a')
        self.assertEqual((2, True, 'a'), (
            found['chmpx-replica'], found['chmpx-auto-merge'],
            found['cluster-name']))

    def test_a_port_that_is_closed(self):
        refusal = self.assertRaises(exception.UnprocessableEntity,
                                    self._values, chmpx_server_port=9020)
        self.assertIn('does not open that port', str(refusal))

    def test_k2hr3_takes_every_value_of_a_ring(self):
        rules = {rule['name']: rule for rule in test_package_data.rules()}
        taken = parameters.of_cluster(self._values())
        self.assertEqual(set(k2hr3_values.VALUES), set(taken))
        for name, kept in k2hr3_values.VALUES.items():
            self.assertEqual(rules[name]['default'], kept.default, name)
            if rules[name]['type'] == 'integer':
                self.assertLessEqual(kept.least, rules[name]['min'], name)
                self.assertGreaterEqual(kept.most, rules[name]['max'], name)


class NameTest(control_case.ControlCase):

    def test_name_of_the_group_goes_first(self):
        for group, own_name, expected in (
            ('', 'Own', 'own'), ('Ring', 'own', 'ring'), ('r', 'a b', 'r'),
        ):
            self.assertEqual(expected, rings.name_of(
                {'cluster-name': group}, own_name))

    def test_a_cluster_whose_name_no_ring_can_have(self):
        refusal = self.assertRaises(
            exception.UnprocessableEntity, rings.name_of,
            {'cluster-name': ''}, 'my cluster')
        self.assertIn('Set cluster-name in a configuration group',
                      str(refusal))

    def test_free_names(self):
        row = self.cluster_row('one')
        self.cluster_row('x', configuration_id=self.group(cluster_name='Two'))
        rings.assert_free(self.project, 'three')
        rings.assert_free(self.project, 'x')
        rings.assert_free('another-project', 'one')
        rings.assert_free(self.project, 'one', row.id)
        for name in ('one', 'two'):
            refusal = self.assertRaises(webob.exc.HTTPConflict,
                                        rings.assert_free, self.project, name)
            self.assertEqual(409, refusal.status_int)
            self.assertIn('has the ring %s already' % name, refusal.detail)

    def test_who_uses_a_ring(self):
        cluster = self.cluster_row('one', members=2)
        single = self.instance_row(
            'single', configuration_id=self.group(cluster_name='two'))
        alone = self.instance_row('alone')
        for name, but, used in (
            ('one', None, True), ('one', cluster.id, False),
            ('two', None, True), ('two', single.id, False),
            (alone.id, None, True), ('alone', None, False),
        ):
            self.assertIs(used, rings.is_used(self.project, name, but), name)

    def test_a_group_that_is_gone_is_in_nobodys_way(self):
        # Trove lets it go while the cluster that has it is deleted, and
        # keeps an instance that it refused for its group.
        for make in (self.cluster_row, self.instance_row):
            group = self.group(cluster_name='x')
            make('going', configuration_id=group)
            config_models.DBConfiguration.find_by(id=group).delete()
        self.assertFalse(rings.is_used(self.project, 'other'))
        rings.assert_free(self.project, 'other')

    def test_names_in_groups(self):
        self.group(cluster_name='One')
        self.group(chmpx_replica=2)
        self.assertEqual({'one'}, rings.names_in_groups(self.project))


class K2hr3Test(control_case.ControlCase):

    def _register(self, name, **group):
        return rings.register(
            self.context, self.project, name,
            rings.values(self.project, self.version, self.group(**group)))

    def test_register(self):
        told = self._register('ring', chmpx_replica=2)
        self.assertEqual(
            ring.Ring('ring', 'http://k2hr3/v1/extdata/trove/ring'), told)
        self.assertEqual('2', self.k2hr3.rings['ring']['chmpx-replica'])
        self.log_in.assert_called_once_with(self.context, self.project)

    def test_address_for_guests(self):
        self._set(k2hr3_guest_url='http://inside:18080')
        self.assertTrue(self._register('ring').extdata_url.startswith(
            'http://inside:18080/'))

    def _set(self, **options):
        for name, value in options.items():
            CONF.set_override(name, value, 'k2hdkc')
            self.addCleanup(CONF.clear_override, name, 'k2hdkc')

    def test_guests_are_told_whom_to_trust_where_they_ask_by_https(self):
        with tempfile.NamedTemporaryFile('w') as authority:
            authority.write('PEM')
            authority.flush()
            self._set(k2hr3_ca_file=authority.name,
                      k2hr3_url='https://outside:18080')
            self.assertEqual('PEM', self._register('ring').authority)
            self._set(k2hr3_guest_url='http://inside:18080')
            self.assertIsNone(self._register('ring').authority)

    def test_an_authority_that_is_not_there(self):
        self._set(k2hr3_ca_file='/no/such', k2hr3_url='https://outside')
        refusal = self.assertRaises(webob.exc.HTTPServiceUnavailable,
                                    self._register, 'ring')
        self.assertIn('/no/such', refusal.detail)
        self.assertIn('k2hr3_ca_file', refusal.detail)

    def test_k2hr3_is_away(self):
        self.k2hr3.go_away()
        refusal = self.assertRaises(webob.exc.HTTPServiceUnavailable,
                                    self._register, 'ring')
        self.assertEqual(503, refusal.status_int)
        self.assertIn('the connection was refused', refusal.detail)

    def test_the_last_one_takes_the_ring_with_it(self):
        self.register('ring')
        self.k2hr3.members['ring'] = {'a', 'b'}
        self.assertTrue(rings.leave(self.context, self.project, 'ring',
                                    ['a', None]))
        self.assertEqual({'b'}, self.k2hr3.members['ring'])
        self.assertEqual({}, self.k2hr3.rings)

    def test_a_ring_that_others_have_stays(self):
        self.register('ring')
        self.k2hr3.members['ring'] = {'a', 'b'}
        self.instance_row('other',
                          configuration_id=self.group(cluster_name='ring'))
        rings.leave(self.context, self.project, 'ring', ['a'])
        self.assertEqual({'b'}, self.k2hr3.members['ring'])
        self.assertIn('ring', self.k2hr3.rings)

    def test_a_ring_in_which_others_run_stays(self):
        # Whatever their configuration groups say now.
        self.register('ring')
        self.k2hr3.members['ring'] = {'a', 'server of other'}
        self.instance_row('other')
        rings.leave(self.context, self.project, 'ring', ['a'])
        self.assertIn('ring', self.k2hr3.rings)

    def test_what_is_gone_is_found_in_any_ring(self):
        for name in ('one', 'two', 'three', 'mine'):
            self.register(name)
        self.k2hr3.members['one'] = {'a', 'b'}
        self.k2hr3.members['two'] = {'c'}
        self.assertEqual(['one'], rings.of_nodes(self.context, self.project,
                                                 ['a', None]))
        self.assertTrue(rings.forget(self.context, self.project, ['three'],
                                     ['a', 'b', None]))
        self.assertEqual(['two', 'mine'], list(self.k2hr3.rings))

    def test_a_ring_that_k2hr3_could_not_be_told_of_then(self):
        single = self.instance_row('single')
        self.register(single.id)
        self.delete_row(single.id)
        rings.forget(self.context, self.project, [], ['other'])
        self.assertEqual({}, self.k2hr3.rings)

    def test_a_node_that_k2hr3_could_not_be_told_of_then(self):
        self.register('ring')
        self.k2hr3.members['ring'] = {'server of gone', 'of a user', 'server '
                                      'of here'}
        self.delete_row(self.instance_row('gone').id)
        self.instance_row('here')
        self._register('ring')
        self.assertEqual({'of a user', 'server of here'},
                         self.k2hr3.members['ring'])

    def test_a_name_that_no_ring_can_have_is_in_nobodys_way(self):
        self.register('ring')
        self.assertTrue(rings.forget(self.context, self.project,
                                     ['my ring', 'ring', ''], ['a']))
        self.assertEqual({}, self.k2hr3.rings)

    def test_leaving_never_fails(self):
        self.k2hr3.go_away()
        self.assertFalse(rings.leave(self.context, self.project, 'ring',
                                     ['a']))
        self.assertFalse(rings.forget(self.context, self.project, [], ['a']))
        self.assertEqual([], rings.of_nodes(self.context, self.project,
                                            ['a']))
