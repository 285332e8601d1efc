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

"""Trove's backup program with the driver in it, and with an exit code."""

import logging
import os

from backup import main as trove_main
from oslo_config import cfg

from k2hdkc_backup import limit
from k2hdkc_backup import output
from k2hdkc_backup import settings
from k2hdkc_backup import storage

LOG = logging.getLogger(__name__)

# What the guest agent of K2HDKC hands over instead of --os-token: everybody
# on an instance can read a command line.
TOKEN_VARIABLE = 'OS_TOKEN'

DRIVER = 'k2hdkc'
CLASSES = {
    DRIVER: 'k2hdkc_backup.driver.K2hdkcBackup',
    DRIVER + '_inc': 'k2hdkc_backup.driver.NoIncrementalBackup',
}


def _adapt(token):
    """Put the driver, and options that the tree lacks, into Trove's tables.

    Only this driver can be chosen: the programs that the others run are not
    in this image.

    :param token: what holds without --os-token, or None
    """
    options = {option.name: option for option in trove_main.cli_opts}
    options['driver'] = cfg.StrOpt('driver', default=DRIVER, choices=[DRIVER])
    options['os-token'] = cfg.StrOpt('os-token', default=token)
    if 'swift-url' not in options:
        options.update((option.name, option) for option in storage.OPTIONS)
        trove_main.storage_mapping['swift'] = (
            'k2hdkc_backup.storage.SwiftStorage')
    trove_main.cli_opts[:] = options.values()
    trove_main.driver_mapping.update(CLASSES)


def _report(error):
    """Print why it failed as the last line, which Trove shows to the user."""
    reason = ' '.join(str(error).split()) or type(error).__name__
    print('Failed: %s' % reason, flush=True)


def main(argv):
    """Run Trove's program with the command line of this process.

    :param argv: arguments of this process, without the program
    :returns: exit code: 0 when the line of success was printed or help was
              asked for, 2 when the command line is not understood, otherwise
              1; the last line says why
    """
    # Out of the environment: no program that is run from here needs it.
    token = os.environ.pop(TOKEN_VARIABLE, None)
    output.mask_secrets(argv, token)
    outcome = output.Outcome(on_success=limit.stop)
    logging.getLogger(trove_main.__name__).addHandler(outcome)
    try:
        _adapt(token)
        limit.start(settings.total_seconds())
        trove_main.main()
    except SystemExit as end:
        # oslo.config ends without a code when a value is not one of the
        # choices, and Python takes that for 0.
        return 1 if end.code is None else end.code
    except (Exception, limit.Interruption) as error:
        LOG.exception("Trove's program has failed.")
        outcome.error = error
    limit.stop()
    if outcome.succeeded:
        return 0
    _report(outcome.error or 'Trove did not say why.')
    return 1
