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

from django import apps


class K2hdkcConfig(apps.AppConfig):
    """Brings the K2HDKC datastore into the database panels.

    Everything that Horizon lets a plugin add is added by the files in the
    directory `enabled`. The rest has no such place and is done here, at
    start, by setting attributes of trove-dashboard: see the modules.
    """

    name = 'trove_dashboard_k2hdkc'
    verbose_name = 'K2HDKC in the database panels'

    def ready(self):
        from trove_dashboard_k2hdkc import capabilities
        from trove_dashboard_k2hdkc import hiding
        from trove_dashboard_k2hdkc.k2hr3 import web_application
        from trove_dashboard_k2hdkc import launch
        capabilities.extend()
        hiding.hide()
        launch.offer_configuration()
        web_application.warn()
