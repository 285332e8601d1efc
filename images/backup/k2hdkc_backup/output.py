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

"""What is printed: nothing secret, and whether Trove's program succeeded."""

import logging
import sys

SECRET_OPTIONS = ('--os-token', '--db-password', '--backup-encryption-key')

# What is shorter could be a part of anything, also of the line of success.
SECRET_LENGTH = 8

# What the guest agent looks for in the last line.
SUCCESS = ('Backup successfully, ', 'Restore successfully, ')


def _secrets(argv):
    for position, argument in enumerate(argv):
        option, equals, value = argument.partition('=')
        if option in SECRET_OPTIONS:
            value = value if equals else ''.join(argv[position + 1:][:1])
            if len(value) >= SECRET_LENGTH:
                yield value


class Masked(object):
    """A text stream that shows asterisks in the place of secrets."""

    def __init__(self, stream, secrets):
        self._stream = stream
        self._secrets = secrets

    def write(self, text):
        for secret in self._secrets:
            text = text.replace(secret, '***')
        return self._stream.write(text)

    def __getattr__(self, name):
        return getattr(self._stream, name)


def mask_secrets(argv, token):
    """Keep what is secret on a command line out of all that is printed.

    :param token: what is secret besides, None for nothing
    """
    secrets = (*_secrets(argv), *([token] if token else []))
    sys.stdout = Masked(sys.stdout, secrets)
    sys.stderr = Masked(sys.stderr, secrets)
    # It shows the beginning of the token with each request that failed.
    logging.getLogger('swiftclient').setLevel(logging.WARNING)


class Outcome(logging.Handler):
    """Notes what Trove's program logs of its outcome.

    Trove's program catches every exception, logs it and ends with 0; the
    line of success is all that tells the two apart.
    """

    def __init__(self, on_success):
        super(Outcome, self).__init__()
        self._on_success = on_success
        self.succeeded = False
        self.error = None

    def emit(self, record):
        if str(record.msg).startswith(SUCCESS):
            self._on_success()
            self.succeeded = True
        elif record.exc_info:
            self.error = record.exc_info[1]
