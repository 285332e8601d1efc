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



"""A K2HR3 without room, as k2hr3-api 1.0.42 was seen to be.

It answers 201 to all that it is given, tokens among it, and keeps nothing;
a resource that it was to replace can be gone. What is there is read and
removed as ever.
"""

import json
from unittest import mock

from trove_k2hdkc import k2hr3
from trove_k2hdkc.k2hr3 import calls
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.tests.k2hr3 import base
from trove_k2hdkc.tests.k2hr3 import canned

GIVEN = 'gAAAAA' + 'x' * 150


def answer(**more):
    return json.dumps(dict({'result': True, 'message': None}, **more))


class LoginTest(base.StandInCase):

    def fault_of(self, *answers):
        with canned.CannedServer(*answers) as server:
            transport = k2hr3.Transport(server.url, limits=base.FAST)
            return self.assertRaises(errors.NotWritten, k2hr3.log_in,
                                     transport, 'y' * 180, 'demo')

    def test_it_does_not_know_the_token_that_it_gave(self):
        fault = self.fault_of(
            (201, answer(scoped=False, token=GIVEN)),
            (401, answer(result=False, message='token(%s) is not existed, '
                         'because it is expired or not set yet.' % GIVEN)))
        self.assertIn('does not know it', str(fault))
        self.assertIn('disk space', str(fault))
        self.assertNotIn(GIVEN, str(fault))


class ClusterTest(base.StandInCase):

    def forget(self, *methods):
        """K2HR3 does as if, from now on."""
        for method in methods:
            patched = mock.patch.object(calls.Calls, method)
            patched.start()
            self.addCleanup(patched.stop)

    def test_nothing_of_a_new_cluster_is_kept(self):
        cluster = self.cluster()
        self.forget('put_resource', 'put_policy', 'put_role')
        fault = self.assertRaises(errors.NotWritten, cluster.register)
        self.assertIn('role %s/server' % self.name, str(fault))
        self.assertIn('disk space', str(fault))

    def test_what_was_there_goes_on(self):
        self.cluster().register({'chmpx-replica': 1})
        cluster = self.cluster()
        self.forget('put_resource')
        fault = self.assertRaises(errors.NotWritten, cluster.register,
                                  {'chmpx-replica': 2})
        self.assertIn('kept resource %s.' % self.name, str(fault))
        self.assertEqual('1', cluster.status().keys['chmpx-replica'])

    def test_what_needs_no_writing_is_not_written(self):
        # K2HR3 would have neither the old one nor the new one.
        self.cluster().register({'chmpx-replica': 1})
        cluster = self.cluster()
        with mock.patch.object(calls.Calls, 'put_resource') as put:
            cluster.register({'chmpx-replica': 1})
        put.assert_not_called()

    def test_a_new_token_is_not_kept(self):
        self.cluster().register()
        cluster = self.cluster()
        with mock.patch.object(calls.Calls, 'new_role_token',
                               return_value=GIVEN):
            fault = self.assertRaises(errors.NotWritten, cluster.register,
                                      renew=True)
        self.assertIn('not among those', str(fault))
        self.assertNotIn(GIVEN, str(fault))

    def test_the_token_of_the_user_is_gone(self):
        cluster = self.cluster()
        cluster._calls._token = 'U=' + GIVEN
        fault = self.assertRaises(errors.NotWritten, cluster.register)
        self.assertIn('gave a token a moment ago', str(fault))
