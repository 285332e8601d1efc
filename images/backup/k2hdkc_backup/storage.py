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

"""Swift by its address, for trees of Trove that know only Keystone's."""

from backup.storage import swift
from oslo_config import cfg
import swiftclient

CONF = cfg.CONF

# What guest agents from 2026.2 on pass.
OPTIONS = (
    cfg.StrOpt('swift-url', help='Address of the account in Swift.'),
    cfg.BoolOpt('swift-api-insecure', default=False,
                help='Do not verify the certificate of Swift.'),
)


class SwiftStorage(swift.SwiftStorage):

    def __init__(self):
        if not CONF.swift_url:
            super(SwiftStorage, self).__init__()
            return
        self.client = swiftclient.Connection(
            preauthurl=CONF.swift_url, preauthtoken=CONF.os_token,
            insecure=CONF.swift_api_insecure)
