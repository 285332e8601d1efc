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

"""Where the web application of K2HR3 is."""

import logging
import re
from urllib import parse

from django.conf import settings

LOG = logging.getLogger(__name__)

# Not HORIZON_CONFIG['k2hr3'], which where it is used names the API.
SETTING = 'K2HDKC_K2HR3_APP_URL'


def _fault(value):
    """What keeps a value from being opened in a browser, or None."""
    if not isinstance(value, str):
        return 'it is not a string'
    # urlsplit takes some of these out, browsers others.
    if re.search(r'[\s\x00-\x1f\x7f\\]', value):
        return 'it has blanks, control characters or backslashes in it'
    try:
        parts = parse.urlsplit(value)
        # Looked at when it is asked for.
        parts.port
    except ValueError:
        return 'its host or its port cannot be read'
    if parts.scheme not in ('http', 'https'):
        return 'it does not begin with http:// or https://'
    if not parts.hostname:
        return 'it names no host'
    if '@' in parts.netloc:
        return 'it names a user, and whoever is logged in would see that'
    return None


def url():
    """Its URL, or None where the setting names none that can be opened."""
    value = getattr(settings, SETTING, None)
    return value if value and not _fault(value) else None


def warn():
    """Say in the log why a URL that was given is not shown."""
    value = getattr(settings, SETTING, None)
    fault = _fault(value) if value else None
    if fault:
        # Without the value: it may hold a password.
        LOG.warning('%(setting)s is passed over, and K2HR3 is not shown: '
                    '%(fault)s.', {'setting': SETTING, 'fault': fault})
