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

"""Metadata of a server, exactly as Nova's metadata service has it."""

from nova.api.metadata import base


def config_drive_files(instance, injected_files, admin_password,
                       network_info):
    """Return (path, content) pairs of a configuration drive."""
    extra = {'admin_pass': admin_password} if admin_password else {}
    metadata = base.InstanceMetadata(instance, content=injected_files,
                                     extra_md=extra,
                                     network_info=network_info)
    return list(metadata.metadata_for_config_drive())
