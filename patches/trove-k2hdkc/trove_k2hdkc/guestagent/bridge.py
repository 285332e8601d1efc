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

"""What a node needs to find itself behind the bridge of the engine.

K2HR3 names a node by the address that it is asked from, which is that of the
instance, and the container has another one. chmpx takes for its own what its
host name leads to, looked up backwards. It leaves out the host name itself:
only the address can be its name.
"""

import ipaddress
import socket
from urllib import parse

from trove.common import exception

# Where ports are published. What came by IPv6 the engine would pass on from
# its gateway, and whoever sent it would be taken for this node.
EVERY_IPV4 = '0.0.0.0'

# Where the engine finds name servers for a container.
RESOLVER_FILES = ('/etc/resolv.conf', '/run/systemd/resolve/resolv.conf')


def own_address(ring):
    """Return the address of this instance that K2HR3 is asked from.

    :raises TroveError: no IPv4 address leads there
    """
    url = parse.urlsplit(ring.extdata_url)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            # Nothing is sent; the kernel chooses the address.
            asking.connect((url.hostname, url.port or 80))
            return asking.getsockname()[0]
    except OSError as error:
        raise exception.TroveError(
            'K2HR3 at %s cannot be asked from an IPv4 address of this '
            'instance, which network_mode = bridge needs: %s'
            % (url.hostname, error))


def hosts(name, address):
    """Return the lines of the container's /etc/hosts, as the engine has them.

    The first one of an address is what it is called. What the container
    sends to its own address comes back from the gateway, and chmpx lets in
    nobody that is not in its configuration.
    """
    return ['%s:%s' % (address, address), '%s:%s' % (name, address),
            '%s:host-gateway' % address]


def name_servers():
    """Return those for the container, None for those of the instance.

    Where the instance has none that a container can ask, the engine would
    take public ones. chmpx asks for its host name each time that it starts or
    its status is read, and would wait for them: it asks itself instead, where
    nobody listens.
    """
    if any(_is_for_containers(server) for path in RESOLVER_FILES
           for server in _listed(path)):
        return None
    return ['127.0.0.1']


def _listed(path):
    try:
        with open(path) as lines:
            words = [line.split() for line in lines]
    except OSError:
        return []
    return [line[1] for line in words
            if len(line) > 1 and line[0] == 'nameserver']


def _is_for_containers(server):
    try:
        return not ipaddress.IPv4Address(server).is_loopback
    except ValueError:
        return False
