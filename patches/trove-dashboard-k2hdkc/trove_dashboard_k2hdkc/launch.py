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

"""A configuration group for a cluster, when it is launched.

The form of trove-dashboard has the field from 24.1.0 on (2025.1). Before
that, the form here takes its place, and also sends what it is given: the
API function of those releases does not know the argument.
"""

from django import urls
from django.utils.translation import gettext_lazy as _

from horizon import exceptions
from horizon import forms
from horizon import messages

from trove_dashboard import api
from trove_dashboard.content.database_clusters import forms as cluster_forms
from trove_dashboard.content.database_clusters import views
from trove_dashboard.content.databases.workflows import create_instance
from trove_dashboard.utils import common

from trove_dashboard_k2hdkc import datastores


INDEX = 'horizon:project:database_clusters:index'


class LaunchForm(cluster_forms.LaunchForm):
    configuration = forms.ChoiceField(
        label=_("Configuration Group"),
        help_text=_("Configuration group of a K2HDKC cluster. It must be of "
                    "the same datastore version."),
        required=False)

    def __init__(self, request, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.fields['configuration'].choices = self._groups(request)

    def _groups(self, request):
        try:
            groups = [group for group in api.trove.configuration_list(request)
                      if datastores.is_k2hdkc(group.datastore_name)]
        except Exception:
            groups = []
            exceptions.handle(
                request, _('Unable to retrieve configuration groups.'))
        return [('', _('None'))] + [
            (group.id, '%s (%s - %s)' % (group.name, group.datastore_name,
                                         group.datastore_version_name))
            for group in groups]

    def handle(self, request, data):
        if not data['configuration']:
            return super().handle(request, data)
        datastore, version = create_instance.parse_datastore_and_version_text(
            common.unhexlify(data['datastore']))
        member = {'flavorRef': data[data['datastore']]}
        if data['volume'] > 0:
            member['volume'] = {'size': data['volume']}
        if data['network']:
            member['nics'] = [{'network_id': data['network']}]
        try:
            api.trove.troveclient(request).clusters.create(
                data['name'], datastore, version,
                instances=[dict(member)
                           for _number in range(data['num_instances'])],
                locality=self._get_locality(data),
                configuration=data['configuration'])
            messages.success(
                request, _('Launched cluster "%s"') % data['name'])
            return True
        except Exception:
            exceptions.handle(
                request, _('Unable to launch cluster.'),
                redirect=urls.reverse(INDEX))


def offer_configuration():
    """Replace the form where it cannot take a configuration group."""
    if 'configuration' not in cluster_forms.LaunchForm.base_fields:
        views.LaunchClusterView.form_class = LaunchForm
