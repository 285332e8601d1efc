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

"""Parameters of the datastore, for those who read and set them."""

import collections
from importlib import resources
import json

from django.utils.translation import gettext_lazy as _

Parameter = collections.namedtuple(
    'Parameter', ['name', 'type', 'range', 'default', 'restart',
                  'description'])

RULES = 'templates/k2hdkc/validation-rules.json'


def described():
    """The rules of trove-k2hdkc by name of the parameter.

    They have what the API does not give: description and default.
    """
    text = resources.files('trove_k2hdkc').joinpath(RULES).read_text('utf-8')
    return {rule['name']: rule
            for rule in json.loads(text)['configuration-parameters']}


def _range(low, high):
    if low is None and high is None:
        return ''
    if high is None:
        return _('%s or more') % low
    if low is None:
        return _('%s or less') % high
    return _('%(low)s to %(high)s') % {'low': low, 'high': high}


def _text(value):
    """A value as one writes it into a configuration group."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def parameters(listed):
    """What the API lists for a datastore version, with explanations.

    :param listed: objects of troveclient with name, type, restart_required
                   and where there is one, min and max
    :returns: sorted list of Parameter; the text of one that trove-k2hdkc
              does not know is empty
    """
    rules = described()

    def explain(parameter):
        given = parameter.to_dict()
        rule = rules.get(given['name'], {})
        return Parameter(
            given['name'], given['type'],
            _range(given.get('min'), given.get('max')),
            _text(rule.get('default', '')), bool(given['restart_required']),
            rule.get('description', ''))

    return sorted(explain(parameter) for parameter in listed)


def in_force(values):
    """Value of every parameter: that of the group, else the default."""
    defaults = {name: rule.get('default', '')
                for name, rule in described().items()}
    return {**defaults, **values}
