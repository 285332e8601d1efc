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
import logging
import time
from unittest import mock

import requests
from trove.tests.unittests import trove_testtools

from trove_k2hdkc import k2hr3
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.tests.k2hr3 import canned

OK = (200, '{"result": true, "message": null}')
TOKEN = 'U=' + 'x' * 180
# The whole of a request ends within a second.
SHORT = k2hr3.Limits(connect=0.2, read=0.3, tries=1, pause=0.01, total=0.8)
TWICE = SHORT._replace(tries=2)


def refusal(message):
    return json.dumps({'result': False, 'message': message})


class TransportTest(trove_testtools.TestCase):

    def ask(self, *answers, limits=SHORT, **more):
        with canned.CannedServer(*answers) as server:
            self.requests = server.requests
            return k2hr3.Transport(server.url, limits=limits).request(
                'GET', '/v1/role/x', 'Reading the role', token=TOKEN, **more)

    def fail(self, kind, *answers, **more):
        fault = self.assertRaises(kind, self.ask, *answers, **more)
        self.assertIs(kind, type(fault))
        self.assertTrue(str(fault).startswith('Reading the role failed: '))
        self.assertTrue(str(fault).endswith(kind.remedy))
        self.assertNotIn('x' * 40, str(fault))
        return str(fault)

    def test_granted(self):
        answer = self.ask(OK, query={'expire': '0'})
        self.assertEqual((200, {'result': True, 'message': None}),
                         (answer.status, answer.data))
        method, path, headers = self.requests[0]
        self.assertEqual(('GET', '/v1/role/x?expire=0', TOKEN),
                         (method, path, headers['X-Auth-Token']))

    def test_faults(self):
        for kind, answer, word in (
            (errors.Slow, 'silent', 'did not answer'),
            (errors.Slow, 'drip', 'did not answer'),
            (errors.Slow, 'endless', 'did not answer'),
            (errors.Away, 'cut', 'cannot be reached'),
            (errors.BadAnswer, (302, ''), 'redirection'),
            (errors.Broken, (500, '<html>trace</html>'), '500 (<html>'),
            (errors.NotReady, (503, ''), '503'),
            (errors.Slow, (504, ''), '504'),
            (errors.Denied, (401, refusal('token(%s) is not existed, because '
                                          'it is expired' % TOKEN)),
             'token(***)'),
            (errors.Denied, (403, ''), '403'),
            (errors.NotFound, (404, refusal('could not get role')), '404'),
            (errors.Refused, (400, refusal('name is wrong')), 'name is wrong'),
            (errors.Refused, (200, refusal('no')), '200 (no)'),
            (errors.Refused, (405, refusal('not allow CORS')), '405'),
            (errors.NotFound, (400, refusal('yrn is not found in yrn:policy '
                                            'subkey list.')), '400'),
            # What K2HR3 says of its parts.
            (errors.NotReady, (404, refusal('user by there is no safe '
                                            'keystone endpoints')), '404'),
            (errors.NotReady, (400, refusal('Not initialize yet, or '
                                            'configuration is not set')),
             '400'),
            (errors.Denied, (404, refusal('by could not get unscoped token by '
                                          'status=401')), '401'),
            (errors.NotWritten, (400, refusal('could not set yrn value')),
             '400'),
            (errors.NotWritten, (500, refusal('ENOSPC: no space left on '
                                              'device, write')), '500'),
            (errors.NotWritten, (507, ''), '507'),
        ):
            self.assertIn(word, self.fail(kind, answer))

    def test_nothing_listens(self):
        line = k2hr3.Transport(canned.closed_port_url(), limits=SHORT)
        fault = self.assertRaises(errors.Away, line.request, 'GET', '/',
                                  'Asking')
        self.assertIn('refused', str(fault))

    def test_certificate(self):
        line = k2hr3.Transport('https://k2hr3.example', limits=SHORT)
        with mock.patch.object(line._session, 'request',
                               side_effect=requests.exceptions.SSLError(
                                   'self-signed certificate')):
            fault = self.assertRaises(errors.Untrusted, line.request, 'GET',
                                      '/', 'Asking')
        self.assertIn('self-signed', str(fault))

    def test_ca_file(self):
        line = k2hr3.Transport('https://k2hr3.example', ca_file='/ca.pem')
        self.assertEqual('/ca.pem', line._session.verify)
        self.assertFalse(line._session.trust_env)

    def test_passing_faults_are_tried_again(self):
        for passing in ('silent', 'cut', (500, ''), (503, '')):
            self.assertEqual(200, self.ask(passing, OK, limits=TWICE).status)
            self.assertEqual(2, len(self.requests))

    def test_lasting_faults_are_not(self):
        self.fail(errors.Denied, (401, ''), OK, limits=TWICE)
        self.assertEqual(1, len(self.requests))

    def test_all_tries_together_are_bounded(self):
        begun = time.monotonic()
        self.fail(errors.Slow, 'silent', limits=SHORT._replace(tries=100))
        self.assertLess(time.monotonic() - begun, 3)

    def test_pauses_grow(self):
        pauses = []
        with canned.CannedServer((503, '')) as server:
            line = k2hr3.Transport(server.url, limits=SHORT._replace(
                tries=4, pause=1, total=60), sleep=pauses.append)
            self.assertRaises(errors.NotReady, line.request, 'GET', '/', 'x')
        self.assertEqual([1, 2, 4], pauses)

    def test_no_token_in_the_log(self):
        with self.assertLogs(level=logging.DEBUG) as log:
            self.ask('cut', OK, limits=TWICE)
        text = '\n'.join(log.output)
        self.assertIn('Reading the role', text)
        self.assertNotIn('x' * 40, text)


class ShapeTest(trove_testtools.TestCase):
    """Answers that are granted, but not of the shape that K2HR3 gives."""

    def test_each_call(self):
        for body in ('{}', '[]', 'null', '<html>', '{"role": 1, "token": 1, '
                     '"resource": 1, "tokens": [], "tenants": {}}'):
            with canned.CannedServer((200, body)) as server:
                line = k2hr3.Transport(server.url, limits=SHORT)
                asked = k2hr3.calls.Calls(line, 'x')
                login = k2hr3.calls.Login(line)
                for call in (lambda: asked.role('r', 'Asking'),
                             lambda: asked.resource('r', 'Asking'),
                             lambda: asked.policy('r', 'Asking'),
                             lambda: asked.new_role_token('r', 'Asking'),
                             lambda: asked.role_tokens('r', 'Asking'),
                             lambda: login.unscoped('t', 'Asking'),
                             lambda: login.tenants('t', 'Asking'),
                             lambda: k2hr3.calls.api_paths(line, 'Asking'),
                             lambda: k2hr3.calls.api_versions(line, 'Asking')):
                    self.assertRaises(errors.BadAnswer, call)

    def test_version_that_is_not_ours(self):
        for body, found in (('{"version": ["v2", "v3"]}', 'v2, v3'),
                            ('{"version": "v1"}', 'none'),
                            ('{"version": []}', 'none')):
            with canned.CannedServer((200, body)) as server:
                line = k2hr3.Transport(server.url, limits=SHORT)
                fault = self.assertRaises(
                    errors.BadAnswer, k2hr3.calls.api_versions, line,
                    'Asking')
            self.assertIn(found, str(fault))
            self.assertIn('needed is v1', str(fault))

    def test_a_time_that_is_none(self):
        body = '{"tokens": {"t": {"expire": "soon", "registerpath": "p"}}}'
        with canned.CannedServer((200, body)) as server:
            line = k2hr3.Transport(server.url, limits=SHORT)
            session = k2hr3.login.Session(line, k2hr3.calls.Calls(line, 'x'),
                                          'demo')
            fault = self.assertRaises(
                errors.BadAnswer,
                k2hr3.Cluster(session, 'ring')._tokens, 'server')
        self.assertIn('"soon"', str(fault))
