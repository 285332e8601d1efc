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

"""Horizon as the tests of plugins have it, with the enabled files of both."""

from openstack_dashboard import enabled
from openstack_dashboard.test.settings import *  # noqa
from openstack_dashboard.utils import settings as settings_utils
import trove_dashboard.enabled

import trove_dashboard_k2hdkc.enabled

INSTALLED_APPS = list(INSTALLED_APPS)  # noqa: F405
settings_utils.update_dashboards(
    [enabled, trove_dashboard.enabled, trove_dashboard_k2hdkc.enabled],
    HORIZON_CONFIG,  # noqa: F405
    INSTALLED_APPS)
INSTALLED_APPS = list(dict.fromkeys(INSTALLED_APPS))

# What is shown with it is taken up once, at start.
K2HDKC_K2HR3_APP_URL = 'https://k2hr3.example.com:28080/'

CACHES = {'default': {
    'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}

# Style sheets and scripts are not what is tested.
COMPRESS_ENABLED = False
COMPRESS_PRECOMPILERS = ()
