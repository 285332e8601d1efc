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

"""The backup image laid out in a directory, and its program run there."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from urllib import request

import fake_swift
import preloaded

PROJECT = pathlib.Path(__file__).resolve().parents[3]
STAND_INS = PROJECT / 'test/fixtures/k2hdkcStandIn/bin'
ENTRYPOINT = PROJECT / 'images/database/k2hdkctrove.sh'
# The source of the release that is tested; unittest runs in it.
TROVE = pathlib.Path.cwd()

BACKUP_ID = '7f0c6d6e-30d3-4d0b-9a43-0e3f4a5b6c7d'
RECORDS = 'alpha 1\nbeta 2\n'


class ImageTestCase(unittest.TestCase):
    """An image, a data directory and a Swift for each test class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        work = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, work)
        cls.place = pathlib.Path(work) / 'opt'
        ignore = shutil.ignore_patterns('__pycache__')
        shutil.copytree(PROJECT / 'images/backup', cls.place, ignore=ignore)
        shutil.copytree(TROVE / 'backup', cls.place / 'backup', ignore=ignore)
        cls.forks = cls.start_helper(preloaded)
        port = cls.start_helper(fake_swift).stdout.readline().strip()
        cls.address = 'http://127.0.0.1:%s' % port
        cls.swift_url = '%s/v1/AUTH_%s' % (cls.address, fake_swift.PROJECT)

    @classmethod
    def start_helper(cls, module):
        """Start a module as a program that ends with its standard input."""
        helper = subprocess.Popen(
            [sys.executable, module.__file__], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(helper.communicate)
        return helper

    def setUp(self):
        super().setUp()
        self.work = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.work)
        self.data = self.work / 'data'
        self.data.mkdir()
        self.database = self.data / 'k2hdkc.k2h'
        self.database.write_text(RECORDS)
        self.programs = self.work / 'programs'
        self.programs.mkdir()
        for name in self.swift('GET'):
            self.swift('DELETE', name)

    def swift(self, method, name='', data=None, headers=()):
        """Ask Swift as its owner: the names of all objects, or one's bytes."""
        with request.urlopen(request.Request(
                '%s/%s' % (self.swift_url, name), data, method=method,
                headers=dict(headers, **{'X-Auth-Token': fake_swift.TOKEN})
        )) as answer:
            body = answer.read()
        return json.loads(body) if method == 'GET' and not name else body

    def put_program(self, name, text):
        """A program that is found before the stand-ins and the system's."""
        program = self.programs / name
        program.write_text('#!/bin/sh\n' + text)
        program.chmod(0o755)

    def environment(self, more):
        path = [str(self.programs), str(STAND_INS), os.environ['PATH']]
        return dict(
            os.environ, PATH=':'.join(path), TMPDIR=str(self.work),
            K2HDKCTROVE_ENTRYPOINT=str(ENTRYPOINT),
            K2HDKCTROVE_DATA_DIR=str(self.data), no_proxy='127.0.0.1', **more)

    def start(self, argv, **environment):
        """Start a command of the guest agent as the container would."""
        return subprocess.Popen(
            argv, cwd=self.place, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=self.environment(environment))

    def run_main(self, arguments, **environment):
        """Run main.py in a fork, which is quicker.

        :returns: the exit code and the lines that were printed
        """
        self.forks.stdin.write(json.dumps({
            'directory': str(self.place), 'arguments': arguments,
            'environment': self.environment(environment)}) + '\n')
        self.forks.stdin.flush()
        code, output = json.loads(self.forks.stdout.readline())
        return code, self.lines_of(output)

    def lines_of(self, output):
        """The lines without colours; nothing secret may be in them."""
        self.assertNotIn(fake_swift.TOKEN[:8], output)
        return re.sub('\x1b\\[[0-9;]*m', '', output.strip()).split('\n')

    def assert_failed(self, outcome, pattern):
        """It says why in the last line, and no line speaks of success."""
        code, lines = outcome
        self.assertEqual(1, code, lines)
        self.assertRegex(lines[-1], '^Failed: .*' + pattern)
        self.assertNotIn(' successfully', ''.join(lines))
        self.assert_no_snapshot()

    def assert_no_snapshot(self):
        snapshots = self.data / 'snapshots'
        self.assertEqual([], list(snapshots.glob('trove-*')))
