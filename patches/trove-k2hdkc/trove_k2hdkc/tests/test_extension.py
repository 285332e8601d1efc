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

from trove.common import extensions
from trove.common import template
from trove.tests.unittests import trove_testtools

from trove_k2hdkc import parser


class ExtensionTest(trove_testtools.TestCase):

    def setUp(self):
        super(ExtensionTest, self).setUp()
        self.enterContext(mock.patch.dict(template.SERVICE_PARSERS))

    def test_trove_api_loads_it_and_knows_the_parser_then(self):
        manager = extensions.ExtensionManager()
        self.assertIn('k2hdkc', manager.extensions)
        self.assertIs(parser.K2hdkcConfParser,
                      template.SERVICE_PARSERS['k2hdkc'])

    def test_it_adds_backups_of_clusters(self):
        extension = extensions.ExtensionManager().extensions['k2hdkc']
        self.assertEqual(
            ['{tenant_id}/k2hdkc/cluster_backups'],
            [found.collection for found in extension.get_resources()])
