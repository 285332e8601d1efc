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

import os
import socket
import threading

from nova_incus import client
from nova_incus import errors
from nova_incus.tests import base
from nova_incus.tests import fake_incus


class ClientTest(base.DriverTestCase):

    def setUp(self):
        super().setUp()
        self.client = client.Client(self.incus.path, 5)

    def test_a_path_is_quoted(self):
        self.assertEqual('/1.0/images/a%2Fb?recursion=1',
                         client.path_of('images', 'a/b', recursion=1))

    def test_an_answer(self):
        self.assertEqual('6.0.4',
                         self.client.get('/1.0')['environment'][
                             'server_version'])

    def test_absence_is_an_error_of_its_own(self):
        error = self.assertRaises(errors.IncusNotFound, self.client.get,
                                  '/1.0/instances/x')
        self.assertEqual('GET /1.0/instances/x: Instance not found',
                         str(error))
        self.assertEqual(404, error.status)

    def test_an_operation_that_fails_says_the_sentence_of_the_api(self):
        self.state.failures['create'] = ['No space left on device']
        error = self.assertRaises(errors.IncusError, self.client.post,
                                  '/1.0/instances', {'name': 'x'})
        self.assertEqual('No space left on device', error.reason)

    def test_an_operation_that_does_not_end_is_given_up(self):
        self.state.outcome = fake_incus.UNFINISHED
        error = self.assertRaises(
            errors.IncusError, self.client.post, '/1.0/instances',
            {'name': 'x', 'source': {'fingerprint': 'none'}})
        self.assertIn('not finished after 5 s', error.reason)
        self.assertIn('wait?timeout=5', self.state.requests[-1])

    def test_an_operation_that_is_cancelled_has_failed(self):
        self.state.outcome = fake_incus.CANCELLED
        error = self.assertRaises(errors.IncusError, self.client.delete,
                                  '/1.0/instances/x')
        self.assertEqual('The operation was cancelled', error.reason)

    def test_no_socket(self):
        self.client.socket_path += '.absent'
        error = self.assertRaises(errors.IncusUnreachable, self.client.get,
                                  '/1.0')
        self.assertIn('no answer from Incus at', str(error))
        self.assertIn('No such file', str(error))

    def test_a_connection_that_is_cut(self):
        path = os.path.join(os.path.dirname(self.incus.path), 'cut')
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(path)
        server.listen()
        threading.Thread(target=lambda: server.accept()[0].close(),
                         daemon=True).start()
        self.client.socket_path = path
        self.assertRaises(errors.IncusUnreachable, self.client.get, '/1.0')
