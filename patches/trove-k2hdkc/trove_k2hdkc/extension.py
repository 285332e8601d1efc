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

"""Extension of the Trove API.

It adds the backups of whole clusters. And trove-api loads it when it starts,
which is early enough and the only place that needs it to know how to read the
configuration template: the default configuration and the detaching of
configuration groups are answered there.
"""

from trove.common import extensions
from trove.common import template

from trove_k2hdkc.cluster import backups
from trove_k2hdkc import MANAGER
from trove_k2hdkc import parser


class K2hdkc(extensions.ExtensionDescriptor):

    def __init__(self):
        template.SERVICE_PARSERS[MANAGER] = parser.K2hdkcConfParser

    def get_name(self):
        return 'K2HDKC'

    def get_alias(self):
        return MANAGER

    def get_description(self):
        return 'The K2HDKC datastore'

    def get_namespace(self):
        return 'urn:trove-k2hdkc'

    def get_updated(self):
        return '2026-11-01T00:00:00+00:00'

    def get_resources(self):
        return [extensions.ResourceExtension(
            '{tenant_id}/k2hdkc/cluster_backups',
            backups.ClusterBackupController())]
