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


"""Values of a cluster: the keys of its resource, read by the template.

The names are those of Trove's configuration parameters.
"""

import collections

from trove_k2hdkc.k2hr3 import errors

_Whole = collections.namedtuple('_Whole', ['default', 'least', 'most'])
_Switch = collections.namedtuple('_Switch', ['default'])

VALUES = {
    'chmpx-server-port': _Whole(8020, 1024, 32767),
    'chmpx-server-ctlport': _Whole(8021, 1024, 32767),
    'chmpx-slave-ctlport': _Whole(8031, 1024, 32767),
    'chmpx-replica': _Whole(2, 0, 255),
    'chmpx-auto-merge': _Switch(True),
    'chmpx-max-mq-server': _Whole(8, 1, 128),
    'chmpx-max-mq-client': _Whole(128, 1, 32640),
    'chmpx-max-queue-per-server-mq': _Whole(8, 1, 128),
    'chmpx-max-queue-per-client-mq': _Whole(8, 1, 128),
    'chmpx-socket-threads': _Whole(8, 0, 128),
    'chmpx-mq-threads': _Whole(8, 0, 128),
    'k2hdkc-max-threads': _Whole(20, 1, 1024),
    # Sizes of the database file; with these an empty one has 285 MiB.
    'k2hdkc-mask-bits': _Whole(8, 2, 24),
    'k2hdkc-collision-mask-bits': _Whole(8, 1, 24),
    'k2hdkc-max-elements': _Whole(32, 1, 1024),
    'k2hdkc-page-size': _Whole(512, 128, 65536),
}

_TRUE = ('true', 'on', 'yes', '1')
_FALSE = ('false', 'off', 'no', '0')


def keys_of(group, given):
    """Return the keys of the resource of cluster `group`, all as text.

    `given` maps names of VALUES to numbers, booleans or their text; a name
    that is not there has its default. Errors: BadValue.
    """
    unknown = sorted(set(given) - set(VALUES))
    if unknown:
        raise errors.BadValue('Setting "%s"' % unknown[0],
                              'a cluster has no such value; it has %s'
                              % ', '.join(VALUES))
    keys = {name: _text_of(name, rule, given.get(name, rule.default))
            for name, rule in VALUES.items()}
    _assert_ports_differ(keys)
    return dict(keys, **{'cluster-name': group})


def _text_of(name, rule, value):
    text = str(value).strip().lower()
    if isinstance(rule, _Switch):
        if text not in _TRUE + _FALSE:
            raise errors.BadValue('Setting %s to "%s"' % (name, value),
                                  'it is true or false')
        return 'on' if text in _TRUE else 'off'
    if not (text.isdecimal() and rule.least <= int(text) <= rule.most):
        raise errors.BadValue(
            'Setting %s to "%s"' % (name, value),
            'it is a whole number from %d to %d' % (rule.least, rule.most))
    return str(int(text))


def _assert_ports_differ(keys):
    if keys['chmpx-server-port'] == keys['chmpx-server-ctlport']:
        raise errors.BadValue(
            'Setting chmpx-server-ctlport to "%s"'
            % keys['chmpx-server-ctlport'],
            'that is the data port already, and CHMPX would share it without '
            'an error')
