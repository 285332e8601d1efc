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

"""The datastore in a real Trove database, made by the real trove-manage."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from trove.datastore import models as datastore_models
from trove.tests.unittests import trove_testtools

from trove_k2hdkc.tests import test_package_data

CLASS = 'trove_k2hdkc.guestagent.manager.Manager'


def per_version():
    """Whether this release keeps the manager class with the version."""
    return hasattr(datastore_models.DatastoreVersion, 'registry_ext')


# Runs each of its arguments, which are lists as JSON, as arguments of
# trove-manage and prints the exit codes. A fork for each saves the seconds
# that importing takes.
RUN = """
import json, os, sys, traceback
from trove.cmd import manage
codes = []
for arguments in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.argv = ['trove-manage', *json.loads(arguments)]
            manage.main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(codes))
"""


def trove_manage(conf, *commands):
    """Run commands of trove-manage in a process that has no database yet.

    :returns: their exit codes
    """
    arguments = [json.dumps(['--config-file', conf, *command])
                 for command in commands]
    return json.loads(subprocess.run(
        [sys.executable, '-s', '-c', RUN, *arguments], check=True,
        stdout=subprocess.PIPE).stdout)


def write_conf(directory):
    conf = os.path.join(directory, 'trove.conf')
    with open(conf, 'w') as out:
        out.write('[database]\nconnection = sqlite:///%s/trove.sqlite\n'
                  % directory)
    return conf


def version_command(version, tags, active='1'):
    classes = ['--registry-ext', CLASS, '--repl-strategy', 'unsupported']
    return ['datastore_version_update', 'k2hdkc', version, 'k2hdkc', '', '',
            active, '--image-tags', tags,
            *(classes if per_version() else [])]


def all_commands():
    """Return everything that a new cloud needs."""
    rules = os.path.join(test_package_data.DATA, 'validation-rules.json')
    commands = [['datastore_update', 'k2hdkc', '']]
    for version in ('1.0.16', '1.0.17'):
        commands += [version_command(version, 'trove,k2hdkc'),
                     ['db_load_datastore_config_parameters', 'k2hdkc',
                      version, rules]]
    return [*commands, ['datastore_update', 'k2hdkc', '1.0.17']]


class RegistrationTest(trove_testtools.TestCase):

    @classmethod
    def setUpClass(cls):
        super(RegistrationTest, cls).setUpClass()
        cls.prepared = cls.enterClassContext(tempfile.TemporaryDirectory())
        conf = write_conf(cls.prepared)
        codes = trove_manage(conf, ['db_sync'], *all_commands())
        if any(codes):
            raise RuntimeError('trove-manage failed: %s' % codes)

    def setUp(self):
        super(RegistrationTest, self).setUp()
        directory = self.enterContext(tempfile.TemporaryDirectory())
        self.database = shutil.copy(
            os.path.join(self.prepared, 'trove.sqlite'), directory)
        self.conf = write_conf(directory)

    def _query(self, sql):
        with sqlite3.connect(self.database) as connection:
            return connection.execute(sql).fetchall()

    def test_twice_is_as_once(self):
        self.assertEqual([0] * 6, trove_manage(self.conf, *all_commands()))
        self.assertEqual(
            [('k2hdkc', '1.0.17')],
            self._query('select d.name, v.name from datastores d join '
                        'datastore_versions v on v.id = '
                        'd.default_version_id'))
        self.assertEqual(
            [('1.0.16', '1.0.16', 'k2hdkc', 'trove,k2hdkc', 1),
             ('1.0.17', '1.0.17', 'k2hdkc', 'trove,k2hdkc', 1)],
            self._query('select name, version, manager, image_tags, active '
                        'from datastore_versions order by name'))
        self.assertEqual(
            [(len(test_package_data.rules()),)] * 2,
            self._query('select count(*) from '
                        'datastore_configuration_parameters '
                        'group by datastore_version_id'))
        if per_version():
            self.assertEqual(
                [(CLASS, 'unsupported')] * 2,
                self._query('select registry_ext, repl_strategy '
                            'from datastore_versions'))

    def test_ranges_reach_the_database(self):
        self.assertEqual(
            sorted([rule['name'], rule['type'], rule.get('min'),
                    rule.get('max'), True]
                   for rule in test_package_data.rules()),
            sorted([name, kind, json.loads(low or 'null'),
                    json.loads(high or 'null'), bool(restart)]
                   for name, kind, low, high, restart in self._query(
                'select distinct name, data_type, min_size, max_size, '
                'restart_required from datastore_configuration_parameters')))

    def test_changed_version_is_updated_in_place(self):
        before = self._query('select id from datastore_versions order by 1')
        self.assertEqual([0], trove_manage(
            self.conf, version_command('1.0.16', 'other', '0')))
        self.assertEqual(
            before,
            self._query('select id from datastore_versions order by 1'))
        self.assertEqual(
            [('other', 0)],
            self._query("select image_tags, active from datastore_versions "
                        "where name = '1.0.16'"))
