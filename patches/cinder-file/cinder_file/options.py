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

"""Options of a section of cinder.conf that is a back end of this driver."""

from oslo_config import cfg

file_opts = [
    cfg.StrOpt('file_directory',
               default='$state_path/file',
               help='Directory in which volumes and snapshots are files. '
                    'It must be there, and nova-compute must be able to '
                    'enter it.'),
]


def list_opts():
    """What oslo-config-generator --namespace cinder.file shows."""
    return [('backend_defaults', file_opts)]
