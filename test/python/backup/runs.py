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

"""Backups and restores whose command lines are all right."""

import hashlib
import time

import fake_swift
import image

OBJECT = 'backups/%s.tar.gz' % image.BACKUP_ID

# A program that never ends, and what it has started.
HANGS = 'sleep 600 & echo $! >"$TMPDIR/pid"; wait\n'


class RunTestCase(image.ImageTestCase):

    def arguments(self, *rest):
        return ['--driver=k2hdkc', '--os-token=' + fake_swift.TOKEN,
                '--swift-url=' + self.swift_url, *rest]

    def backup(self, container='backups', more=(), **environment):
        return self.run_main(self.arguments(
            '--backup', '--backup-id=' + image.BACKUP_ID,
            '--swift-container=' + container, *more), **environment)

    def restore(self, data, checksum=None, metadata=(), **environment):
        self.swift('PUT', OBJECT, data, metadata)
        checksum = checksum or hashlib.md5(data).hexdigest()
        return self.run_main(self.arguments(
            '--nobackup', '--restore-checksum=' + checksum,
            '--restore-from=%s/%s' % (self.swift_url, OBJECT)), **environment)

    def assert_gone(self, pid_file):
        """The process that a program started is no longer there."""
        pid = (self.work / pid_file).read_text().strip()
        for _ in range(50):
            try:
                with open('/proc/%s/stat' % pid) as stat:
                    if stat.read().split()[2] == 'Z':
                        return
            except FileNotFoundError:
                return
            time.sleep(0.1)
        self.fail('process %s is still there' % pid)
