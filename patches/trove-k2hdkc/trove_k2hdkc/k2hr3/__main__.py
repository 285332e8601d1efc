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


"""python3 -m trove_k2hdkc.k2hr3 COMMAND [CLUSTER] --url URL [OPTION]...

Prints one JSON document: the result, or {"error": {"kind", "message"}} with
exit code 1. See credentials.py for who it acts for.
"""

import argparse
import json
import os
import sys

from trove_k2hdkc.k2hr3 import calls
from trove_k2hdkc.k2hr3.cluster import Cluster
from trove_k2hdkc.k2hr3.credentials import credentials_of
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3.login import log_in
from trove_k2hdkc.k2hr3 import transport


def _parser():
    parser = argparse.ArgumentParser(prog='python3 -m trove_k2hdkc.k2hr3')
    commands = parser.add_subparsers(dest='command', required=True)
    for name in ('check', 'register', 'status', 'slave', 'unregister'):
        command = commands.add_parser(name)
        command.add_argument('--url', required=True)
        command.add_argument('--ca-file')
        command.add_argument('--guest-url')
        if name != 'check':
            command.add_argument('cluster')
        if name == 'register':
            command.add_argument('--renew', action='store_true')
            command.add_argument('--set', action='append', default=[],
                                 metavar='NAME=VALUE')
    return parser


def _plain(record, **changed):
    return dict(record._asdict(), **changed)


def _times(expires):
    return {part: end and end.isoformat() for part, end in expires.items()}


def _register(cluster, args):
    given = dict(pair.partition('=')[::2] for pair in args.set)
    made = cluster.register(given, renew=args.renew)
    # The addresses hold tokens: whoever starts nodes gets them from Trove or
    # by `slave`.
    record = _plain(made, expires=_times(made.expires))
    del record['extdata_urls']
    return record


def _status(cluster, args):
    status = cluster.status()
    return _plain(status, expires=_times(status.expires),
                  members=[_plain(member) for member in status.members])


def _slave(cluster, args):
    url, keys = cluster.slave()
    return {'cluster': cluster.name, 'project': cluster.project,
            'extdata_url': url, 'keys': keys}


def _unregister(cluster, args):
    return {'cluster': cluster.name, 'removed': cluster.unregister()}


_ASKING = 'Asking K2HR3 what it is'

_COMMANDS = {'register': _register, 'status': _status, 'slave': _slave,
             'unregister': _unregister}


def run(argv, environ, limits=transport.DEFAULT_LIMITS):
    """Return the document that a command prints. Errors: K2hr3Error."""
    args = _parser().parse_args(argv)
    line = transport.Transport(args.url, args.ca_file, limits)
    paths = calls.api_paths(line, _ASKING)
    who = credentials_of(environ)
    session = log_in(line, who.token, who.project)
    if args.command == 'check':
        return {'url': line.url, 'project': session.project,
                'versions': calls.api_versions(line, _ASKING),
                'api': sorted(paths)}
    return _COMMANDS[args.command](
        Cluster(session, args.cluster, args.guest_url), args)


def main():
    try:
        document, code = run(sys.argv[1:], os.environ), 0
    except errors.K2hr3Error as error:
        document = {'error': {'kind': error.kind, 'message': str(error)}}
        code = 1
    json.dump(document, sys.stdout, indent=2)
    print()
    return code


if __name__ == '__main__':
    sys.exit(main())
