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

"""How the control plane calls the guest agent of a K2HDKC instance."""

from trove.common.strategies.cluster import base
from trove.guestagent import api as guest_api


class GuestAgentStrategy(base.BaseGuestAgentStrategy):

    @property
    def guest_client_class(self):
        return GuestAgentAPI


class GuestAgentAPI(guest_api.API):

    def cluster_complete(self):
        """Tell the guest that its cluster stands."""
        return self._call('cluster_complete', self.agent_high_timeout,
                          version=guest_api.API.API_BASE_VERSION)
