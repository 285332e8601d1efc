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

"""Where things are and how long they may take.

The guest agent sets none of these variables; they are for an image built on
this one, and for tests. The places are those of the database image.
"""

import os

from k2hdkc_backup import failure

ENTRYPOINT = os.environ.get('K2HDKCTROVE_ENTRYPOINT',
                            '/usr/libexec/k2hdkctrove.sh')
DATA_DIRECTORY = os.environ.get('K2HDKCTROVE_DATA_DIR',
                                '/var/lib/antpickax/k2hdkc')

# Deleting an archive is one call to the file system.
DELETE_SECONDS = 60
# tar has nothing left to do when its output has ended.
TAR_SECONDS = 30


def _seconds(name, default):
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 10**6):
        raise failure.Failure("%s is '%s'; it must be a whole number of "
                              "seconds from 1 to 999999." % (name, value))
    return int(value)


def total_seconds():
    """Seconds for the whole of a backup or a restore."""
    return _seconds('K2HDKC_BACKUP_SECONDS', 14400)


def command_seconds():
    """Seconds for one run of the entrypoint, which grows with the data."""
    return _seconds('K2HDKC_BACKUP_COMMAND_SECONDS', 1800)
