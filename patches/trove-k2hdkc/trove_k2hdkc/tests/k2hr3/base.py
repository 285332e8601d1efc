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
import uuid

from trove.tests.unittests import trove_testtools

from trove_k2hdkc import k2hr3
from trove_k2hdkc.k2hr3.credentials import credentials_of

# No test waits for a second try.
FAST = k2hr3.Limits(connect=2, read=5, tries=2, pause=0, total=10)


def environ(**changed):
    """The environment of a user of the stand-ins; None removes a variable.

    `npm run test:python` starts stand-ins of K2HR3 and of Keystone, and
    names them here.
    """
    login = {'OS_AUTH_URL': os.environ['TEST_KEYSTONE_URL'] + '/v3',
             'OS_USERNAME': 'demo', 'OS_PASSWORD': 'secret-demo',
             'OS_PROJECT_NAME': 'Demo', **changed}
    return {name: value for name, value in login.items() if value is not None}


def url():
    return os.environ['TEST_K2HR3_URL']


class StandInCase(trove_testtools.TestCase):
    """Against the stand-in of K2HR3, with a cluster of the test's own."""

    def setUp(self):
        super(StandInCase, self).setUp()
        self.transport = k2hr3.Transport(url(), limits=FAST)
        self.name = 'ring-' + uuid.uuid4().hex[:8]

    def log_in(self, project='Demo', **changed):
        token = credentials_of(environ(OS_PROJECT_NAME=project, **changed))
        return k2hr3.log_in(self.transport, token.token, token.project)

    def cluster(self, **more):
        return k2hr3.Cluster(self.log_in(), self.name, **more)

    def document(self, url):
        """Return (token, role) of the document at an address."""
        text = self.transport.request(
            'GET', url[len(self.transport.url):], 'test',
            agent='extdata_k2hr3_trove').body
        return tuple(text.split('K2HR3_ROLE_%s="' % word)[1].split('"')[0]
                     for word in ('TOKEN', 'NAME'))

    def join(self, url, address, cuk, **query):
        """Register a node as one that is started with that address does."""
        token, role = self.document(url)
        # K2HR3 believes a proxy on its own host.
        self.transport._session.headers['X-Forwarded-For'] = address
        self.transport.request(
            'PUT', '/v1/role/' + role, 'test', token='R=' + token,
            query=dict(query, cuk=cuk, tag='host-' + cuk,
                       extra='openstack-auto-v1'))
        return token, role

    def configuration(self, token, role):
        """Return the configuration that a node with this token gets."""
        return self.transport.request(
            'GET', '/v1/resource/' + role.replace(':role:', ':resource:'),
            'test', token='R=' + token).data['resource']
