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


import json
import os.path

from trove.tests.unittests import trove_testtools

from trove_k2hdkc import __path__ as package_path
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3 import values

RULES = os.path.join(list(package_path)[0], 'templates', 'k2hdkc',
                     'validation-rules.json')
# Parameters that are not of the ring but of its name and of each node.
OTHERS = {'cluster-name', 'http_proxy', 'https_proxy', 'no_proxy',
          'k2hdkc-log-level'}


class ValuesTest(trove_testtools.TestCase):

    def test_every_parameter_of_trove_is_one_with_the_same_limits(self):
        with open(RULES) as rules_file:
            rules = json.load(rules_file)['configuration-parameters']
        for rule in rules:
            if rule['name'] in OTHERS:
                continue
            value = values.VALUES[rule['name']]
            self.assertEqual(rule['default'], value.default, rule['name'])
            if rule['type'] == 'integer':
                self.assertEqual((rule['min'], rule['max']),
                                 (value.least, value.most), rule['name'])

    def test_defaults(self):
        keys = values.keys_of('ring', {})
        self.assertEqual('ring', keys['cluster-name'])
        self.assertEqual(('8020', '8021', '8031', '2', 'on'), tuple(
            keys[name] for name in (
                'chmpx-server-port', 'chmpx-server-ctlport',
                'chmpx-slave-ctlport', 'chmpx-replica', 'chmpx-auto-merge')))

    def test_given_values(self):
        for name, given, text in (
            ('chmpx-replica', 3, '3'), ('chmpx-replica', '0', '0'),
            ('chmpx-auto-merge', False, 'off'),
            ('chmpx-auto-merge', 'Yes', 'on'),
            ('chmpx-server-port', ' 9000 ', '9000'),
        ):
            self.assertEqual(text, values.keys_of('ring', {name: given})[name])

    def test_refused_values(self):
        for given in ({'chmpx-replica': 256}, {'chmpx-replica': '-1'},
                      {'chmpx-replica': '1.5'}, {'chmpx-replica': ''},
                      {'chmpx-auto-merge': 'perhaps'},
                      {'chmpx-server-port': 80}, {'no-such-value': 1},
                      {'chmpx-server-port': 8021}):
            self.assertRaises(errors.BadValue, values.keys_of, 'ring', given)

    def test_refusal_names_what_there_is(self):
        for given, words in (
            ({'chmpx-replica': 256}, 'chmpx-replica to "256"'),
            ({'no-such-value': 1}, 'k2hdkc-page-size'),
            ({'chmpx-server-port': 8021}, 'data port'),
        ):
            fault = self.assertRaises(errors.BadValue, values.keys_of, 'ring',
                                      given)
            self.assertIn(words, str(fault))
