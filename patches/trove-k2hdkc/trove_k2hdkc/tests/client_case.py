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

"""Commands of the openstack client, over HTTP that is canned."""

import argparse
from importlib import metadata
from unittest import mock

from keystoneauth1 import session
from keystoneauth1 import token_endpoint
from requests_mock.contrib import fixture as requests_fixture
from trove.tests.unittests import trove_testtools
from troveclient.v1 import client

API = 'http://trove.test/v1.0/project'


def command_of(words):
    """Return the class that the client loads for these words."""
    name = words.replace(' ', '_')
    found = [point for point in metadata.distribution(
        'trove-k2hdkc').entry_points
        if point.group == 'openstack.database.v1' and point.name == name]
    return found[0].load()


class ClientCase(trove_testtools.TestCase):

    def setUp(self):
        super(ClientCase, self).setUp()
        self.web = self.useFixture(requests_fixture.Fixture())
        auth = token_endpoint.Token(API, 'token')
        self.app = mock.Mock()
        self.app.client_manager.database = client.Client(
            auth=auth, session=session.Session(auth=auth))

    def run_command(self, words, *args):
        made = command_of(words)(self.app, argparse.Namespace())
        return made.take_action(made.get_parser('openstack').parse_args(args))

    def serve(self, kind, **resource):
        """Have one resource of a kind, that is found by its id or name.

        :param kind: as in the addresses, in the plural
        """
        url = '%s/%s' % (API, kind)
        self.web.get('%s/%s' % (url, resource['name']), status_code=404,
                     json={'itemNotFound': {'message': 'no', 'code': 404}})
        self.web.get(url, json={kind: [resource]})
        self.web.get('%s/%s' % (url, resource['id']),
                     json={kind[:-1]: resource})
