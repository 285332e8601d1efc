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

"""Which datastores are K2HDKC."""

from django.conf import settings


def names():
    """Names of datastores whose manager is k2hdkc, in lower case.

    An operator may register the datastore under another name; the API does
    not tell users the manager, so Horizon is told with the setting
    K2HDKC_DATASTORES.
    """
    return tuple(name.lower() for name in
                 getattr(settings, 'K2HDKC_DATASTORES', ('k2hdkc',)))


def is_k2hdkc(datastore):
    """Whether the datastore of this name is one of them."""
    return (datastore or '').lower() in names()
