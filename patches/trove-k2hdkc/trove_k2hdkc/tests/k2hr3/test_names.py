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


from trove.tests.unittests import trove_testtools

from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3.harmless import harmless
from trove_k2hdkc.k2hr3 import names
from trove_k2hdkc.k2hr3 import template
from trove_k2hdkc.k2hr3 import values


class NamesTest(trove_testtools.TestCase):

    def test_clusters(self):
        for given, name in (('ring', 'ring'), ('Ring-1.b_c', 'ring-1.b_c'),
                            ('0', '0'), ('a' * 128, 'a' * 128)):
            self.assertEqual(name, names.cluster_name(given))
        for given in ('', 'a' * 129, '-a', 'a.', 'a b', 'a/b', 'a:b', 'ä',
                      '%a%', 'a\n'):
            self.assertRaises(errors.BadValue, names.cluster_name, given)

    def test_projects(self):
        self.assertEqual('my project', names.project_name('My Project'))
        for given in ('a:b', 'a/b', '%', 'a{b', "a'b", 'a\nb'):
            self.assertRaises(errors.BadValue, names.project_name, given)

    def test_yrn_and_address(self):
        yrn = names.yrn('my project', 'role', 'ring/server')
        self.assertEqual('yrn:yahoo:::my project:role:ring/server', yrn)
        self.assertEqual('yrn:yahoo:::my%20project:role:ring/server',
                         names.quoted(yrn))

    def test_harmless(self):
        for text, shown in (('a\n  b', 'a b'), ('no ' + 'x' * 64, 'no ***'),
                            ('id ' + 'f' * 32, 'id ' + 'f' * 32),
                            ('a ' * 200, 'a ' * 150 + '…')):
            self.assertEqual(shown, harmless(text))


class TemplateTest(trove_testtools.TestCase):

    def setUp(self):
        super(TemplateTest, self).setUp()
        self.text = template.resource_text('demo', 'ring')

    def test_roles_of_the_cluster(self):
        for part in ('server', 'slave'):
            self.assertIn('%%yrn:yahoo:::demo:role:ring/%s/hosts/ip%%' % part,
                          self.text)
        self.assertNotIn('@', self.text)

    def test_it_reads_every_value(self):
        for name in values.VALUES:
            self.assertIn('%%%s%%' % name, self.text)

    def test_it_is_for_the_engine_of_k2hr3(self):
        self.assertTrue(self.text.startswith('{{#!k2hr3template }}\n'))
        self.assertLess(len(self.text), 8192)
