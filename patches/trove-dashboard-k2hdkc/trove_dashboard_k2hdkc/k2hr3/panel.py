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

import horizon

from trove_dashboard_k2hdkc.k2hr3 import web_application


class K2hr3(horizon.Panel):
    """The menu entry by which users get to the web application of K2HR3."""

    name = 'K2HR3'
    slug = 'database_k2hr3'
    permissions = ('openstack.services.database',)

    @staticmethod
    def can_register():
        """Whether Horizon takes the panel up: where it has a place to go."""
        return web_application.url() is not None
