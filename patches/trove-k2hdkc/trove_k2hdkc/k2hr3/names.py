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


"""Names of K2HR3: YRNs, and what may be a name in one.

K2HR3 makes all names small letters. It reads a YRN by ':' and '/', and its
template engine reads a variable by '%', so these cannot be in a name.
"""

import re
from urllib import parse

from trove_k2hdkc.k2hr3 import errors

# CHMPX names files in /tmp for the cluster, and message queues too.
_CLUSTER = re.compile(r'[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?')
_PROJECT = re.compile(r'[^\x00-\x1f%:/{}\'"\\]+')

SERVER = 'server'
SLAVE = 'slave'
PARTS = (SERVER, SLAVE)


def is_cluster_name(name):
    return _CLUSTER.fullmatch(name) is not None


def cluster_name(name):
    """Return the name of a cluster as K2HR3 has it. Errors: BadValue."""
    lowered = name.lower()
    if not is_cluster_name(lowered):
        raise errors.BadValue(
            'Using "%s" as the name of a cluster' % name,
            'it must be 1 to 128 letters, digits, dots, hyphens and '
            'underscores, and begin and end with a letter or digit')
    return lowered


def project_name(name):
    """Return the name of a project as K2HR3 has it. Errors: BadValue."""
    if not _PROJECT.fullmatch(name):
        raise errors.BadValue(
            'Using the project "%s" with K2HR3' % name,
            'its name has a character that K2HR3 reads as something else: '
            'a colon, a slash, a percent sign, a quote or a brace')
    return name.lower()


def yrn(project, kind, path):
    """Return the full name of a resource, policy or role of a project."""
    return 'yrn:yahoo:::%s:%s:%s' % (project, kind, path)


def quoted(path):
    """Return a name as a part of an address. ':' and '/' stay: K2HR3 does
    not decode them.
    """
    return parse.quote(path, safe=':/')
