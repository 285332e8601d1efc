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

"""`python3 -m trove_k2hdkc` tells what is installed and where, as JSON."""

from importlib import metadata
import json
import os.path

from trove_k2hdkc import MANAGER

DIRECTORY = os.path.dirname(os.path.abspath(__file__))
TEMPLATES = os.path.join(DIRECTORY, 'templates', MANAGER)

print(json.dumps({
    'version': metadata.version('trove-k2hdkc'),
    'templates': TEMPLATES,
    'rules': os.path.join(TEMPLATES, 'validation-rules.json'),
    'cloudinit': os.path.join(DIRECTORY, 'cloudinit', MANAGER + '.cloudinit'),
}))
