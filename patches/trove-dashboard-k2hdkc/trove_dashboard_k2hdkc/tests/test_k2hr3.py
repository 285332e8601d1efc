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

from django import test
from django.urls import reverse
import horizon

from trove_dashboard_k2hdkc.k2hr3 import panel
from trove_dashboard_k2hdkc.k2hr3 import web_application
from trove_dashboard_k2hdkc.tests import base

INDEX = reverse('horizon:project:database_k2hr3:index')
URL = 'https://k2hr3.example.com:28080/'

GOOD = (URL, 'http://192.0.2.1:28080', 'HTTP://k2hr3/', 'http://[::1]/app#x')

# With a word of what is said of each.
REFUSED = (
    ('ftp://k2hr3.example.com/', 'http://'),
    ('javascript:alert(1)', 'http://'),
    ('java\nscript:alert(1)', 'blanks'),
    ('//k2hr3.example.com/', 'http://'),
    ('k2hr3.example.com:28080', 'http://'),
    ('http://', 'no host'),
    ('http://:28080/', 'no host'),
    ('http://k2hr3.example.com:app/', 'port'),
    ('http://k2hr3.example.com:99999/', 'port'),
    ('http://[::1/', 'host'),
    ('http://k2hr3.example.com\\@example.org/', 'backslashes'),
    ('http://k2hr3.example.com/a b', 'blanks'),
    (' http://k2hr3.example.com/', 'blanks'),
    ('http://joe:s3cret@k2hr3.example.com/', 'user'),
    ({'http_scheme': 'http', 'host': 'k2hr3'}, 'string'),
)


class WebApplicationTests(test.SimpleTestCase):

    def test_url(self):
        for value in GOOD:
            with self.subTest(value), self.settings(
                    K2HDKC_K2HR3_APP_URL=value), self.assertNoLogs():
                self.assertEqual(value, web_application.url())
                self.assertTrue(panel.K2hr3.can_register())
                web_application.warn()

    def test_nothing_is_set(self):
        for value in (None, ''):
            with self.subTest(value), self.settings(
                    K2HDKC_K2HR3_APP_URL=value), self.assertNoLogs():
                self.assertIsNone(web_application.url())
                self.assertFalse(panel.K2hr3.can_register())
                web_application.warn()

    def test_refused(self):
        for value, word in REFUSED:
            with self.subTest(value), self.settings(
                    K2HDKC_K2HR3_APP_URL=value):
                self.assertIsNone(web_application.url())
                self.assertFalse(panel.K2hr3.can_register())
                with self.assertLogs(web_application.LOG, 'WARNING') as log:
                    web_application.warn()
                self.assertIn(word, log.output[0])
                self.assertIn('K2HDKC_K2HR3_APP_URL', log.output[0])
                self.assertNotIn('s3cret', log.output[0])


class PanelTests(base.TestCase):

    def test_it_is_the_last_of_its_group(self):
        project = horizon.get_dashboard('project')
        project.get_panels()
        group = project.get_panel_group('database')
        self.assertEqual(1, list(group.panels).count('database_k2hr3'))
        self.assertEqual('database_k2hr3', list(group.panels)[-1])

    def test_menu(self):
        self.answer(instance_list=[], flavor_list=[])
        page = self.client.get(reverse('horizon:project:databases:index'))
        self.assertRegex(page.content.decode(),
                         r'href="%s"[^>]*>\s*K2HR3\s*</a>' % INDEX)

    def test_entry_leads_to_the_web_application(self):
        answer = self.client.get(INDEX)
        self.assertEqual((302, URL), (answer.status_code, answer['Location']))

    def test_strangers_log_in_first(self):
        self.client.logout()
        self.setActiveUser(id=None, token=None, username=None)
        self.assertIn('/auth/login/', self.client.get(INDEX)['Location'])
