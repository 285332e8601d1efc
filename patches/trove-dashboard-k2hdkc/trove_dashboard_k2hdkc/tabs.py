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

"""Tabs that Horizon adds to the pages of trove-dashboard."""

from django.utils.translation import gettext_lazy as _

from horizon import exceptions
from horizon import tabs

from trove_dashboard import api

from trove_dashboard_k2hdkc import datastores
from trove_dashboard_k2hdkc.k2hr3 import web_application
from trove_dashboard_k2hdkc import parameters


class RingTab(tabs.Tab):
    """How programs reach the nodes of a ring."""

    name = _("K2HDKC")
    slug = "k2hdkc_tab"
    template_name = "k2hdkc/_ring.html"
    preload = False
    #: what the page shows: a word of the tab group's arguments
    subject = None

    def _subject(self):
        return self.tab_group.kwargs[self.subject]

    def allowed(self, request):
        return datastores.is_k2hdkc(self._subject().datastore['type'])

    def get_context_data(self, request):
        group = self._group(request)
        values = parameters.in_force(group.values if group else {})
        return {
            'group': group,
            'ring': values['cluster-name'] or self._ring(),
            'nodes': self._nodes(),
            'ports': [
                (_("Data port"), values['chmpx-server-port']),
                (_("Control port"), values['chmpx-server-ctlport']),
                (_("Slave control port"),
                 values['chmpx-slave-ctlport']),
            ],
            'k2hr3': web_application.url(),
        }

    def _group(self, request):
        """The configuration group, or None where there is none."""
        identifier = self._group_id()
        if not identifier:
            return None
        try:
            return api.trove.configuration_get(request, identifier)
        except Exception:
            exceptions.handle(
                request, _('Unable to retrieve the configuration group.'))
            return None


class ClusterRingTab(RingTab):
    subject = 'cluster'

    def _group_id(self):
        return getattr(self._subject(), 'configuration', None)

    def _ring(self):
        return self._subject().name

    def _nodes(self):
        return [(member['name'], ', '.join(member.get('ip', ())))
                for member in self._subject().instances]


class InstanceRingTab(RingTab):
    subject = 'instance'

    def _group_id(self):
        configuration = getattr(self._subject(), 'configuration', None)
        return configuration['id'] if configuration else None

    def _ring(self):
        return None

    def _nodes(self):
        instance = self._subject()
        return [(instance.name,
                 ', '.join(address['address'] for address
                           in getattr(instance, 'addresses', ())))]


class ParametersTab(tabs.Tab):
    """What can be set in a configuration group."""

    name = _("Help")
    slug = "k2hdkc_parameters_tab"
    template_name = "k2hdkc/_parameters.html"
    preload = False

    def allowed(self, request):
        configuration = self.tab_group.kwargs['configuration']
        return datastores.is_k2hdkc(configuration.datastore_name)

    def get_context_data(self, request):
        configuration = self.tab_group.kwargs['configuration']
        try:
            listed = api.trove.configuration_parameters_list(
                request, configuration.datastore_name,
                configuration.datastore_version_name)
        except Exception:
            listed = []
            exceptions.handle(
                request, _('Unable to obtain list of parameters.'))
        return {'parameters': parameters.parameters(listed)}
