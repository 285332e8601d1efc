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


import configparser
import datetime

from trove_k2hdkc import k2hr3
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.tests.k2hr3 import base


def sections(text):
    """The sections of a configuration, in order: [(name, {key: value})]."""
    found = []
    for part in text.split('[')[1:]:
        reader = configparser.ConfigParser(interpolation=None)
        reader.optionxform = str
        reader.read_string('[' + part)
        found += [(name, dict(reader[name])) for name in reader.sections()]
    return found


class RegisterTest(base.StandInCase):

    def test_all_that_a_cluster_has(self):
        made = self.cluster().register({'chmpx-replica': 2})
        self.assertEqual((self.name, 'demo'), (made.cluster, made.project))
        self.assertEqual(('2', self.name), (made.keys['chmpx-replica'],
                                            made.keys['cluster-name']))
        self.assertEqual({'server', 'slave'}, set(made.extdata_urls))
        status = self.cluster().status()
        self.assertTrue(status.registered)
        self.assertEqual([], status.missing)
        self.assertEqual('2', status.keys['chmpx-replica'])
        self.assertEqual(made.expires, status.expires)

    def test_tokens_do_not_end_under_the_members(self):
        soon = datetime.datetime.now(datetime.timezone.utc)
        for end in self.cluster().register().expires.values():
            self.assertGreater(end - soon, datetime.timedelta(days=3000))

    def tokens(self, made):
        # The addresses differ each time, for K2HR3 encrypts what they say.
        return [self.document(made.extdata_urls[part])
                for part in ('server', 'slave')]

    def test_again_is_the_same(self):
        first = self.cluster().register()
        second = self.cluster().register()
        self.assertEqual(self.tokens(first), self.tokens(second))
        self.assertEqual((first.keys, first.expires),
                         (second.keys, second.expires))

    def test_again_with_other_values(self):
        first = self.cluster().register()
        second = self.cluster().register({'chmpx-server-port': '9020'})
        self.assertEqual(self.tokens(first), self.tokens(second))
        self.assertEqual('9020',
                         self.cluster().status().keys['chmpx-server-port'])

    def test_members_stay_when_it_is_registered_again(self):
        made = self.cluster().register()
        self.join(made.extdata_urls['server'], '192.0.2.1', 'one')
        self.cluster().register()
        self.assertEqual(['one'],
                         [member.cuk for member in self.cluster().members()])

    def test_renewing_leaves_old_tokens_valid(self):
        old = self.cluster().register()
        new = self.cluster().register(renew=True)
        for one, other in zip(self.tokens(old), self.tokens(new)):
            self.assertNotEqual(one, other)
        for url in (old.extdata_urls['server'], new.extdata_urls['server']):
            self.join(url, '192.0.2.1', 'one')

    def test_a_token_that_ends_soon_is_not_used(self):
        cluster = self.cluster()
        first = cluster.register()
        later = min(first.expires.values()) - datetime.timedelta(days=30)
        fault = self.assertRaises(errors.BadAnswer, cluster.register,
                                  now=later)
        self.assertIn('ends within a year', str(fault))

    def test_guests_get_the_address_that_they_see(self):
        made = self.cluster(guest_url='http://192.0.2.7:18080/').register()
        for url in made.extdata_urls.values():
            self.assertTrue(url.startswith(
                'http://192.0.2.7:18080/v1/extdata/trove/'), url)

    def test_names_are_small_letters(self):
        made = k2hr3.Cluster(self.log_in(), self.name.upper()).register()
        self.assertEqual(self.name, made.cluster)
        self.assertTrue(self.cluster().status().registered)

    def test_a_wrong_value_changes_nothing(self):
        self.assertRaises(errors.BadValue, self.cluster().register,
                          {'chmpx-replica': 'many'})
        self.assertFalse(self.cluster().status().registered)

    def test_clusters_of_a_project(self):
        session = self.log_in()
        self.assertNotIn(self.name, k2hr3.clusters_of(session))
        self.cluster().register()
        self.assertIn(self.name, k2hr3.clusters_of(session))
        session.calls.put_role('of-something-else', [], 'test')
        self.assertNotIn('of-something-else', k2hr3.clusters_of(session))
        session.calls.remove('role', 'of-something-else', 'test')
        self.cluster().unregister()
        self.assertNotIn(self.name, k2hr3.clusters_of(session))

    def test_projects_do_not_share(self):
        self.cluster().register()
        other = k2hr3.Cluster(self.log_in('other'), self.name)
        self.assertFalse(other.status().registered)


class MembersTest(base.StandInCase):

    def setUp(self):
        super(MembersTest, self).setUp()
        self.made = self.cluster().register()
        self.server = self.join(self.made.extdata_urls['server'],
                                '192.0.2.1', 'one')
        self.join(self.made.extdata_urls['server'], '192.0.2.2', 'two')

    def test_members_with_their_addresses(self):
        url, keys = self.cluster().slave()
        self.assertEqual('8031', keys['chmpx-slave-ctlport'])
        self.join(url, '192.0.2.9', 'nine')
        self.assertEqual(
            [('server', '192.0.2.1', 'one', 'host-one'),
             ('server', '192.0.2.2', 'two', 'host-two'),
             ('slave', '192.0.2.9', 'nine', 'host-nine')],
            [tuple(member) for member in self.cluster().members()])

    def test_removing_twice_is_fine(self):
        self.assertTrue(self.cluster().remove_member('one'))
        self.assertFalse(self.cluster().remove_member('one'))
        self.assertEqual(['two'],
                         [member.cuk for member in self.cluster().members()])

    def test_registering_twice_is_fine(self):
        self.join(self.made.extdata_urls['server'], '192.0.2.1', 'one')
        self.assertEqual(2, len(self.cluster().members()))

    def test_a_cluster_that_is_not_there_has_none(self):
        nobody = k2hr3.Cluster(self.log_in(), 'nobody')
        self.assertEqual([], nobody.members())
        self.assertFalse(nobody.remove_member('one'))

    def test_configuration_of_a_server(self):
        found = sections(self.configuration(*self.server))
        servers = [keys for name, keys in found if name == 'SVRNODE']
        self.assertEqual(['192.0.2.1', '192.0.2.2'],
                         [keys['NAME'] for keys in servers])
        self.assertEqual([('one', 'one'), ('two', 'two')],
                         [(keys['CUK'], keys['CUSTOM_ID_SEED'])
                          for keys in servers])
        parts = dict(found)
        self.assertEqual('SERVER', parts['GLOBAL']['MODE'])
        self.assertEqual(self.name, parts['GLOBAL']['GROUP'])
        self.assertEqual('8021', parts['GLOBAL']['SELFCTLPORT'])
        self.assertEqual('127.0.0.1', parts['SLVNODE']['NAME'])
        self.assertEqual('20', parts['K2HDKC']['MAXTHREAD'])

    def test_configuration_of_a_slave(self):
        slave = self.join(self.cluster().slave()[0], '192.0.2.9', 'nine',
                          inboundip='198.51.100.9')
        found = sections(self.configuration(*slave))
        parts = dict(found)
        self.assertEqual('SLAVE', parts['GLOBAL']['MODE'])
        self.assertEqual('8031', parts['GLOBAL']['SELFCTLPORT'])
        self.assertEqual(2, [name for name, _ in found].count('SVRNODE'))
        self.assertEqual('192.0.2.9', parts['SLVNODE']['NAME'])
        self.assertEqual('198.51.100.9:8031',
                         parts['SLVNODE']['CTLENDPOINTS'])
        self.assertNotIn('K2HDKC', parts)


class SlaveTest(base.StandInCase):

    def test_of_a_cluster_that_is_not_registered(self):
        fault = self.assertRaises(errors.NotFound, self.cluster().slave)
        self.assertIn(self.name, str(fault))


class UnregisterTest(base.StandInCase):

    def test_nothing_is_left(self):
        made = self.cluster().register()
        token, role = self.join(made.extdata_urls['server'], '192.0.2.1',
                                'one')
        self.assertTrue(self.cluster().unregister())
        status = self.cluster().status()
        self.assertFalse(status.registered)
        self.assertEqual(9, len(status.missing), status.missing)
        self.assertEqual([], status.members)
        self.assertRaises(errors.Denied, self.configuration, token, role)

    def test_twice_is_fine(self):
        self.cluster().register()
        self.assertTrue(self.cluster().unregister())
        self.assertFalse(self.cluster().unregister())

    def test_when_a_part_is_gone(self):
        session = self.log_in()
        for kind, path in (('role', '%s/server'), ('role', '%s'),
                           ('policy', '%s'), ('resource', '%s')):
            k2hr3.Cluster(session, self.name).register()
            session.calls.remove(kind, path % self.name, 'test')
            status = self.cluster().status()
            self.assertFalse(status.registered)
            self.assertIn('%s %s' % (kind, path % self.name), status.missing)
            self.assertTrue(self.cluster().unregister())
            self.assertFalse(self.cluster().unregister())
