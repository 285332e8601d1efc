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

"""Reads the rendered configuration template of the datastore."""


def _value(text):
    if text in ('true', 'false'):
        return text == 'true'
    return int(text) if text.isdigit() else text


class K2hdkcConfParser(object):
    """Lines of the form `key = value`; `#` starts a comment line.

    A value is a boolean, a whole number or text. It may be empty and may
    itself contain '=', as addresses of proxies do.
    """

    def __init__(self, config):
        self.config = config

    def parse(self):
        """Return (key, value) pairs, as all parsers of Trove do."""
        parsed = {}
        for line in self.config.splitlines():
            key, separator, value = line.strip().partition('=')
            if separator and not key.startswith('#'):
                parsed[key.strip()] = _value(value.strip())
        return parsed.items()
