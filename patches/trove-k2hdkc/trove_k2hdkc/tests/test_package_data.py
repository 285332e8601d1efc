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

import contextlib
from importlib import metadata
import io
import json
import os.path
import runpy
from unittest import mock

import jinja2
import yaml

from trove.common import exception
from trove.common import template
from trove.configuration import service as config_service
from trove.tests.unittests import trove_testtools

from trove_k2hdkc import __path__ as package_path
from trove_k2hdkc import extension
from trove_k2hdkc import parser

DATA = os.path.join(list(package_path)[0], 'templates', 'k2hdkc')

MUST_HAVE = ('cluster-name', 'chmpx-server-port', 'chmpx-server-ctlport',
             'chmpx-slave-ctlport', 'http_proxy', 'https_proxy', 'no_proxy')

TYPES = {'string': str, 'integer': int, 'boolean': bool}


def read(name):
    with open(os.path.join(DATA, name)) as data_file:
        return data_file.read()


def rules():
    return json.loads(
        read('validation-rules.json'))['configuration-parameters']


class Rule(object):
    """A rule as Trove has it in its database."""

    def __init__(self, rule):
        self.name = rule['name']
        self.data_type = rule['type']
        self.min_size = rule.get('min')
        self.max_size = rule.get('max')


class Version(object):
    name = '1.0.16'
    datastore_name = 'k2hdkc'


class PackageDataTest(trove_testtools.TestCase):

    def setUp(self):
        super(PackageDataTest, self).setUp()
        self.defaults = dict(
            parser.K2hdkcConfParser(read('config.template')).parse())

    def test_parameters_that_a_user_needs_are_there(self):
        names = [rule['name'] for rule in rules()]
        self.assertEqual(sorted(names), sorted(set(names)))
        for name in MUST_HAVE:
            self.assertIn(name, names)

    def test_every_parameter_is_described(self):
        for rule in rules():
            self.assertTrue(rule['description'], rule['name'])
            self.assertIsInstance(rule['restart_required'], bool)
            if rule['type'] == 'integer':
                self.assertLess(rule['min'], rule['max'], rule['name'])

    def test_template_has_the_documented_default_of_every_parameter(self):
        self.assertEqual({rule['name']: rule['default'] for rule in rules()},
                         self.defaults)

    def test_defaults_have_the_type_of_the_parameter(self):
        for rule in rules():
            self.assertIs(TYPES[rule['type']],
                          type(self.defaults[rule['name']]), rule['name'])

    def test_no_default_is_the_word_none(self):
        self.assertNotIn('None', read('config.template'))

    def test_template_has_no_section(self):
        self.assertFalse([line for line in
                          read('config.template').splitlines()
                          if line.startswith('[')])


class InstalledTest(trove_testtools.TestCase):
    """What is said of the package where it is installed by hand."""

    def setUp(self):
        super(InstalledTest, self).setUp()
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            runpy.run_module('trove_k2hdkc', run_name='__main__')
        self.told = json.loads(said.getvalue())

    def test_version_and_directories(self):
        self.assertEqual(metadata.version('trove-k2hdkc'),
                         self.told['version'])
        self.assertEqual(DATA, self.told['templates'])
        self.assertIn(os.path.basename(self.told['rules']),
                      os.listdir(self.told['templates']))

    def test_user_data_is_what_every_release_can_put_together(self):
        with open(self.told['cloudinit']) as user_data:
            text = user_data.read()
        self.assertTrue(text.startswith('#cloud-config\n'))
        # Up to 2025.1 Trove adds its own text to this one.
        self.assertTrue(text.endswith('\n'))
        self.assertEqual(['bootcmd'], list(yaml.safe_load(text)))

    def test_user_data_has_the_name_that_trove_looks_for(self):
        self.assertEqual('k2hdkc.cloudinit',
                         os.path.basename(self.told['cloudinit']))


class ValidationTest(trove_testtools.TestCase):
    """The rules as Trove applies them to a configuration group."""

    def _validate(self, **values):
        config_service.ConfigurationsController._validate_configuration(
            {key.replace('_', '-'): value for key, value in values.items()},
            Version, [Rule(rule) for rule in rules()])

    def _assert_refused(self, words, **values):
        refusal = self.assertRaises(exception.UnprocessableEntity,
                                    self._validate, **values)
        self.assertIn(words, str(refusal))

    def test_defaults_are_valid(self):
        config_service.ConfigurationsController._validate_configuration(
            {rule['name']: rule['default'] for rule in rules()}, Version,
            [Rule(rule) for rule in rules()])

    def test_good_values(self):
        self._validate(cluster_name='ring1', chmpx_server_port=18020,
                       chmpx_replica=2, chmpx_auto_merge=False)

    def test_wrong_type(self):
        self._assert_refused('not of type integer', chmpx_server_port='8020')

    def test_out_of_range(self):
        self._assert_refused('less than the minimum', chmpx_server_port=80)
        self._assert_refused('greater than the maximum',
                             chmpx_server_port=70000)

    def test_unknown_parameter(self):
        self._assert_refused('not supported', extdata_url='http://example')


class ParserTest(trove_testtools.TestCase):

    def _parse(self, text):
        return dict(parser.K2hdkcConfParser(text).parse())

    def test_values(self):
        self.assertEqual(
            {'number': 8020, 'empty': '', 'on': True, 'off': False,
             'text': 'a b', 'proxy': 'http://proxy:3128/?a=b'},
            self._parse('number = 8020\nempty =\non=true\noff = false\n'
                        ' text =  a b \nproxy = http://proxy:3128/?a=b'))

    def test_comments_and_other_lines_are_skipped(self):
        self.assertEqual({'a': 1}, self._parse('# b = 2\n\nnonsense\na = 1\n'))


class TemplateTest(trove_testtools.TestCase):
    """The template as Trove renders it."""

    class _Version(object):
        datastore_name = 'k2hdkc'
        manager = 'k2hdkc'
        name = '1.0.16'
        version = '1.0.16'

    def setUp(self):
        super(TemplateTest, self).setUp()
        loader = jinja2.FileSystemLoader(os.path.dirname(DATA))
        self.enterContext(mock.patch.object(template.ENV, 'loader', loader))
        self.enterContext(mock.patch.dict(template.SERVICE_PARSERS))
        self.config = template.SingleInstanceConfigTemplate(
            self._Version, {'ram': 512}, 'an-instance')

    def test_render(self):
        self.assertIn('chmpx-server-port = 8020\n', self.config.render())

    def test_render_dict_needs_the_api_extension(self):
        extension.K2hdkc()
        self.assertEqual({rule['name']: rule['default'] for rule in rules()},
                         dict(self.config.render_dict()))
