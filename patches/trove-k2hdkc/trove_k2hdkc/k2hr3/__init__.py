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


"""The one client of K2HR3, the system that tells cluster members of each
other.

    transport = k2hr3.Transport('http://192.0.2.1:18080')
    session = k2hr3.log_in(transport, context.auth_token, context.project_id)
    registration = k2hr3.Cluster(session, 'ring').register()

Nothing of Trove is used here. Errors: k2hr3.errors.K2hr3Error.
"""

from trove_k2hdkc.k2hr3.cluster import Cluster
from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3.login import log_in
from trove_k2hdkc.k2hr3.names import is_cluster_name
from trove_k2hdkc.k2hr3.names import SERVER
from trove_k2hdkc.k2hr3.project import clusters_of
from trove_k2hdkc.k2hr3.transport import Limits
from trove_k2hdkc.k2hr3.transport import Transport

__all__ = ['Cluster', 'Limits', 'SERVER', 'Transport', 'clusters_of',
           'errors', 'is_cluster_name', 'log_in']
