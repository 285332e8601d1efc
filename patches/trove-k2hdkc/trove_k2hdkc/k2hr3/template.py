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


"""The text of a cluster's resource: a template that K2HR3 fills in."""

import os.path

from trove_k2hdkc.k2hr3 import names

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     'templates', 'cluster.ini')


def resource_text(project, cluster):
    """Return the template for a cluster of a project.

    The names of the roles stand in it as they are: the template language
    cannot put them together.
    """
    with open(_FILE) as template:
        text = template.read()
    for mark, part in (('@SERVERS@', names.SERVER), ('@SLAVES@', names.SLAVE)):
        text = text.replace(mark, names.yrn(
            project, 'role', '%s/%s/hosts/ip' % (cluster, part)))
    return text
