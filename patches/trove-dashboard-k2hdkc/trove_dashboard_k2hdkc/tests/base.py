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

from unittest import mock

from openstack_dashboard.test import helpers
from troveclient.v1 import clusters
from troveclient.v1 import configurations
from troveclient.v1 import datastores
from troveclient.v1 import flavors
from troveclient.v1 import instances

from trove_dashboard import api
from trove_dashboard.test.test_data import utils

# Answers of the API of Trove, as far as the panels read them.
FLAVOR = {'id': '7', 'name': 'small', 'ram': 2048, 'links': []}

INSTANCE = {
    'id': 'd8b1', 'name': 'node', 'status': 'HEALTHY',
    'operating_status': 'HEALTHY', 'created': '2026-11-01T00:00:00',
    'updated': '2026-11-01T00:00:00', 'links': [],
    'flavor': {'id': '7', 'links': []}, 'volume': {'size': 1, 'used': 0.1},
    'addresses': [{'type': 'private', 'address': '10.0.0.3'}],
    'access': {'is_public': False},
    'datastore': {'type': 'k2hdkc', 'version': '1.0.19'},
}

CLUSTER = {
    'id': 'c1', 'name': 'shop', 'created': '2026-11-01T00:00:00',
    'updated': '2026-11-01T00:00:00', 'links': [],
    'task': {'id': 1, 'name': 'NONE', 'description': ''},
    'datastore': {'type': 'k2hdkc', 'version': '1.0.19'},
    'instances': [
        {'id': 'i1', 'name': 'shop-member-1', 'type': 'member',
         'status': 'HEALTHY', 'flavor': {'id': '7'}, 'volume': {'size': 1},
         'ip': ['10.0.0.11']},
        {'id': 'i2', 'name': 'shop-member-2', 'type': 'member',
         'status': 'BUILD', 'flavor': {'id': '7'}, 'volume': {'size': 1}},
    ],
}

GROUP = {
    'id': 'g1', 'name': 'tuned', 'description': 'of a test',
    'datastore_name': 'k2hdkc', 'datastore_version_name': '1.0.19',
    'created': '2026-11-01T00:00:00', 'updated': '2026-11-01T00:00:00',
    'values': {'cluster-name': 'market', 'chmpx-server-port': 9020},
}

MYSQL_GROUP = {**GROUP, 'id': 'g2', 'name': 'of-mysql',
               'datastore_name': 'mysql', 'datastore_version_name': '8.4'}

PARAMETERS = [
    {'name': 'chmpx-server-port', 'type': 'integer', 'min': 1024,
     'max': 32767, 'restart_required': True},
    {'name': 'cluster-name', 'type': 'string', 'restart_required': True},
    {'name': 'later', 'type': 'integer', 'min': 1, 'restart_required': False},
]


def instance(**changes):
    return instances.Instance(instances.Instances(None),
                              {**INSTANCE, **changes})


def cluster(**changes):
    return clusters.Cluster(clusters.Clusters(None), {**CLUSTER, **changes})


def group(answer=GROUP):
    return configurations.Configuration(configurations.Configurations(None),
                                        answer)


def parameters():
    manager = configurations.ConfigurationParameters(None)
    return [configurations.ConfigurationParameter(manager, answer)
            for answer in PARAMETERS]


def flavor():
    return flavors.Flavor(flavors.Flavors(None), FLAVOR)


def datastore(name):
    return datastores.Datastore(datastores.Datastores(None),
                                {'id': name, 'name': name, 'links': []})


def version(name):
    return datastores.DatastoreVersion(
        datastores.DatastoreVersions(None),
        {'id': name, 'name': name, 'active': 1, 'links': []})


class TestCase(helpers.TestCase):
    """A user who is logged in, and an API of Trove that answers as told."""

    def setUp(self):
        self._mocked = {}
        super().setUp()

    def _setup_test_data(self):
        super()._setup_test_data()
        utils.load_test_data(self)

    def answer(self, **answers):
        """Let functions of trove_dashboard.api.trove return or raise these.

        What an earlier call in the same test said of a function is replaced.
        """
        for name, value in answers.items():
            if name not in self._mocked:
                patcher = mock.patch.object(api.trove, name, autospec=True)
                self._mocked[name] = patcher.start()
                self.addCleanup(patcher.stop)
            self._mocked[name].side_effect = (
                value if isinstance(value, Exception) else [value] * 9)
