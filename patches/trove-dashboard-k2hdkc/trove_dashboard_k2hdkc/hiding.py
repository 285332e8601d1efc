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

"""Takes away what a datastore without users and databases has not got.

`allowed` is Horizon's own question whether an action or a tab is shown, and
replacing it is the way that Horizon documents for customizing panels of
others. The answers for other datastores stay those of trove-dashboard.
"""

import functools

from trove_dashboard.content.databases import tables
from trove_dashboard.content.databases import tabs

from trove_dashboard_k2hdkc import datastores

ACTIONS = (tables.ManageRoot,)
TABS = (tabs.UserTab, tabs.DatabaseTab)


def _is_k2hdkc(instance):
    datastore = getattr(instance, 'datastore', None) or {}
    return datastores.is_k2hdkc(datastore.get('type'))


def _wrap(cls, instance_of):
    """Let cls.allowed answer False for instances of K2HDKC."""
    original = cls.allowed
    if hasattr(original, '__wrapped__'):
        return

    @functools.wraps(original)
    def allowed(self, request, *args):
        if _is_k2hdkc(instance_of(self, *args)):
            return False
        return original(self, request, *args)

    cls.allowed = allowed


def hide():
    """Hide root access, users and databases of K2HDKC's instances."""
    for action in ACTIONS:
        _wrap(action, lambda self, instance=None: instance)
    for tab in TABS:
        _wrap(tab, lambda self: self.tab_group.kwargs.get('instance'))
