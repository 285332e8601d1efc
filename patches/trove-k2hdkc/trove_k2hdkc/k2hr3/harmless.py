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


"""Makes text of others fit to be shown: no token in it, and one line long."""

import re

# Longer than the 32 characters of an OpenStack id, shorter than any token.
_TOKEN = re.compile(r'[A-Za-z0-9+/=%_-]{40,}')
_MOST = 300


def harmless(text):
    """Return `text` as one line of at most 300 characters without tokens."""
    line = _TOKEN.sub('***', ' '.join(str(text).split()))
    return line if len(line) <= _MOST else line[:_MOST] + '…'
