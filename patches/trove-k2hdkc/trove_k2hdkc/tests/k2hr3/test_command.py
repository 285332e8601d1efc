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


import io
import json
import os
import sys
import tempfile
from unittest import mock

from trove_k2hdkc.k2hr3 import __main__ as command
from trove_k2hdkc.k2hr3.credentials import credentials_of
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.tests.k2hr3 import base
from trove_k2hdkc.tests.k2hr3 import canned


class CommandTest(base.StandInCase):

    def run_command(self, name, *more, **changed):
        words = [name, '--url', base.url(), *more]
        return command.run(words, base.environ(**changed))

    def test_life_of_a_cluster(self):
        made = self.run_command('register', self.name, '--set',
                                'chmpx-replica=2')
        self.assertEqual('2', made['keys']['chmpx-replica'])
        # The addresses hold tokens.
        self.assertNotIn('extdata', json.dumps(made))
        slave = self.run_command('slave', self.name, '--guest-url',
                                 base.url() + '/')
        self.join(slave['extdata_url'], '192.0.2.9', 'nine')
        status = self.run_command('status', self.name)
        self.assertTrue(status['registered'])
        self.assertEqual(
            [{'part': 'slave', 'address': '192.0.2.9', 'cuk': 'nine',
              'name': 'host-nine'}], status['members'])
        self.assertEqual(made['expires'], status['expires'])
        renewed = self.run_command('register', self.name, '--renew')
        self.assertEqual({'server', 'slave'}, set(renewed['expires']))
        self.assertEqual({'cluster': self.name, 'removed': True},
                         self.run_command('unregister', self.name))
        self.assertEqual({'server': None, 'slave': None}, self.run_command(
            'status', self.name)['expires'])

    def test_check(self):
        checked = self.run_command('check')
        self.assertEqual((base.url(), 'demo'),
                         (checked['url'], checked['project']))
        self.assertIn('role', checked['api'])
        self.assertEqual(['v1'], checked['versions'])

    def test_main_prints_one_document(self):
        for environ, code, key in ((base.environ(), 0, 'url'),
                                   (base.environ(OS_PASSWORD='no'), 1,
                                    'error')):
            with mock.patch.object(sys, 'argv',
                                   ['x', 'check', '--url', base.url()]), \
                    mock.patch.dict(os.environ, environ, clear=True), \
                    mock.patch.object(sys, 'stdout', io.StringIO()) as out:
                self.assertEqual(code, command.main())
            document = json.loads(out.getvalue())
            self.assertIn(key, document)
        self.assertEqual('credentials', document['error']['kind'])

    def test_k2hr3_that_is_away(self):
        url = canned.closed_port_url()
        fault = self.assertRaises(errors.Away, command.run,
                                  ['check', '--url', url], base.environ(),
                                  base.FAST)
        self.assertIn(url, str(fault))


class CredentialsTest(base.StandInCase):

    def refuse(self, words, environ):
        fault = self.assertRaises(errors.BadCredentials, credentials_of,
                                  environ)
        self.assertIn(words, str(fault))
        self.assertNotIn('secret-demo', str(fault))

    def test_token_of_the_environment(self):
        self.assertEqual(('t', 'p'), tuple(credentials_of(
            {'OS_TOKEN': 't', 'OS_PROJECT_ID': 'p'})))

    def test_password(self):
        for changed in ({}, {'OS_PROJECT_ID': 'b' * 32}):
            who = credentials_of(base.environ(**changed))
            self.assertEqual(changed.get('OS_PROJECT_ID', 'Demo'), who.project)
            self.assertGreater(len(who.token), 40)

    def test_what_is_missing(self):
        for changed, words in (
            ({'OS_PROJECT_NAME': None}, 'no project'),
            ({'OS_USERNAME': None}, 'no username'),
            ({'OS_PASSWORD': ''}, 'no password'),
            ({'OS_AUTH_URL': None}, 'no auth_url'),
        ):
            self.refuse(words, base.environ(**changed))

    def test_what_keystone_refuses(self):
        self.refuse('401', base.environ(OS_PASSWORD='wrong'))

    def test_keystone_that_is_away(self):
        self.refuse('Unable to establish connection', base.environ(
            OS_AUTH_URL=canned.closed_port_url()))

    def _clouds(self, text):
        clouds = self.enterContext(tempfile.NamedTemporaryFile('w'))
        clouds.write(text)
        clouds.flush()
        return {'OS_CLOUD': 'mine', 'OS_CLIENT_CONFIG_FILE': clouds.name}

    def test_clouds_file(self):
        login = base.environ()
        cloud = self._clouds(json.dumps({'clouds': {'mine': {
            'auth': {'auth_url': login['OS_AUTH_URL'], 'username': 'demo',
                     'password': 'secret-demo',
                     'project_name': 'Demo'}}}}))
        self.assertEqual('Demo', credentials_of(cloud).project)
        cloud['OS_PROJECT_NAME'] = 'other'
        self.assertEqual('other', credentials_of(cloud).project)

    def test_clouds_file_that_is_no_use(self):
        for text in ('', '[]', 'clouds: {}', 'clouds: {mine: {}}',
                     'password: secret-demo: :'):
            self.refuse('"mine"', self._clouds(text))
        self.refuse('No such file', {'OS_CLOUD': 'mine',
                                     'OS_CLIENT_CONFIG_FILE': '/no/such'})
