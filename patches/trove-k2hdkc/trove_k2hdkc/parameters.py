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

"""Configuration parameters of an instance, and what follows from them.

A set of parameters is a dict of name to value: every parameter of the
configuration template, with the values of a configuration group over it.
"""

import re

from trove.common import exception

from trove_k2hdkc import parser

LOG_LEVELS = ('SILENT', 'ERR', 'WAN', 'INFO', 'DUMP')

# Programs and libraries of a node, each with a variable of its own.
LOG_VARIABLES = ('CHMDBGMODE', 'DKCDBGMODE', 'K2HDBGMODE')

PROXIES = ('http_proxy', 'https_proxy', 'no_proxy')

# What a database file has for ever.
FILE_SIZES = ('k2hdkc-mask-bits', 'k2hdkc-collision-mask-bits',
              'k2hdkc-max-elements', 'k2hdkc-page-size')

RING_NAME = re.compile('[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?')


def effective(template, overrides):
    """Return the parameters that hold.

    :param template: text of the rendered configuration template
    :param overrides: dict of values of a configuration group, or None
    :raises UnprocessableEntity: a value that K2HDKC cannot be run with
    """
    values = merged(template, overrides)
    _check(values)
    return values


def merged(template, overrides):
    """Return the same, whatever the values are."""
    values = dict(parser.K2hdkcConfParser(template).parse())
    values.update((name, value) for name, value in (overrides or {}).items()
                  if name in values)
    return values


def _check(values):
    if values['chmpx-server-port'] == values['chmpx-server-ctlport']:
        raise exception.UnprocessableEntity(
            'chmpx-server-port and chmpx-server-ctlport are both %s. They '
            'must differ: chmpx would share the port without an error.'
            % values['chmpx-server-port'])
    if values['cluster-name']:
        check_ring_name(values['cluster-name'])
    for name in PROXIES:
        if re.search(r'\s', str(values[name])):
            raise exception.UnprocessableEntity(
                '%s is "%s". It must not have blanks in it.'
                % (name, values[name]))


def check_ring_name(name):
    """Refuse what CHMPX and K2HR3 cannot take as the name of a ring."""
    if not RING_NAME.fullmatch(str(name)):
        raise exception.UnprocessableEntity(
            '"%s" cannot be the name of a ring. It must be 1 to 128 letters, '
            'digits, dots, hyphens and underscores, and begin and end with a '
            'letter or digit. Set cluster-name in a configuration group.'
            % name)


def check_ports(values, open_ports):
    """Refuse ports of a server that no security group will let through.

    :param open_ports: option tcp_ports, an iterable of ranges of ports
    """
    allowed = {port for ports in open_ports for port in ports}
    for name in ('chmpx-server-port', 'chmpx-server-ctlport'):
        if values[name] not in allowed:
            raise exception.UnprocessableEntity(
                '%s is %s, and the security group of an instance does not '
                'open that port. Choose one of %s, or have the operator add '
                'it to the option tcp_ports in [k2hdkc].'
                % (name, values[name], _spelled(open_ports)))


def _spelled(open_ports):
    return ', '.join(
        '%d' % ports[0] if len(ports) == 1
        else '%d-%d' % (ports[0], ports[-1]) for ports in open_ports)


def queue_limit(values):
    """Return what fs.mqueue.msg_max must be in the container.

    chmpx that is not root refuses to start below the number of all its
    queues, and no queue can be made that holds more messages than this.
    """
    return max(
        values['chmpx-max-mq-server'] + values['chmpx-max-mq-client'],
        values['chmpx-max-queue-per-server-mq'],
        values['chmpx-max-queue-per-client-mq'])


def environment(values, direct_hosts=()):
    """Return the variables of the container that come from the parameters.

    :param direct_hosts: hosts that must never be asked through a proxy
    """
    variables = {name.replace('-', '_'): str(values[name])
                 for name in ('chmpx-server-port', 'chmpx-server-ctlport',
                              'chmpx-slave-ctlport')}
    level = LOG_LEVELS[values['k2hdkc-log-level']]
    variables.update((name, level) for name in LOG_VARIABLES)
    variables.update(_proxies(values, direct_hosts))
    return variables


def of_new_file(values):
    """Return the variables of a container that makes the database file."""
    return {name.replace('-', '_'): str(values[name]) for name in FILE_SIZES}


def _proxies(values, direct_hosts):
    proxies = {name: str(values[name]) for name in PROXIES if values[name]}
    if 'http_proxy' in proxies or 'https_proxy' in proxies:
        listed = proxies.get('no_proxy', '').split(',')
        proxies['no_proxy'] = ','.join(
            dict.fromkeys(host for host in (*listed, *direct_hosts) if host))
    return proxies


def of_cluster(values):
    """Return the values that the configuration in K2HR3 is made from."""
    return {name: value for name, value in values.items()
            if name.startswith(('chmpx-', 'k2hdkc-'))
            and name != 'k2hdkc-log-level'}
