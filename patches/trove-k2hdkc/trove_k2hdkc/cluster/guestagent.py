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

from trove.common import cfg
from trove.common.strategies.cluster import base
from trove.guestagent import api as guest_api

CONF = cfg.CONF


class GuestAgentStrategy(base.BaseGuestAgentStrategy):

    @property
    def guest_client_class(self):
        return GuestAgentAPI


class GuestAgentAPI(guest_api.API):
    """Calls that wait for their end; a failure there is an error here."""

    def _ask(self, method, timeout, **arguments):
        return self._call(method, timeout,
                          version=guest_api.API.API_BASE_VERSION, **arguments)

    def cluster_complete(self):
        """Tell the guest that its cluster stands."""
        return self._ask('cluster_complete', self.agent_high_timeout)

    def update_overrides(self, overrides, remove=False):
        """Have the guest keep the values of a configuration group.

        Trove's own call logs them, and the ring beside them has a token.
        """
        return self._ask('update_overrides', self.agent_high_timeout,
                         overrides=overrides, remove=remove)

    def empty_overrides(self):
        """Have the guest keep no values; nobody waits long for that."""
        return self._ask('update_overrides', self.agent_low_timeout,
                         overrides={}, remove=True)

    def ring_name(self):
        """Return the name of the ring that the guest was told of, or None."""
        return self._ask('ring_name', self.agent_low_timeout)

    def runs_with(self, overrides):
        """Tell whether the node runs with the values of a group."""
        return self._ask('runs_with', self.agent_low_timeout,
                         overrides=overrides)

    def replicas(self):
        """Return how many further copies there surely are of each key."""
        return self._ask('replicas', self.agent_low_timeout)

    def running_version(self):
        """Return the datastore version that was started last, or None."""
        return self._ask('running_version', self.agent_low_timeout)

    def needs_restart(self):
        """Tell whether the guest has values that wait for a restart."""
        return self._ask('needs_restart', self.agent_low_timeout)

    def leave_ring(self, seconds):
        """Have the node leave its ring for good.

        :param seconds: how long the ring may take to take over its data
        """
        return self._ask('leave_ring', seconds + self.agent_low_timeout,
                         seconds=seconds)

    def settle(self, seconds):
        """Wait until the node serves and its ring moves no data.

        :param seconds: how long the ring may take
        """
        return self._ask('settle', seconds + self.agent_low_timeout,
                         seconds=seconds)

    def upgrade_and_wait(self, version):
        """Have the guest start K2HDKC from the image of another version."""
        return self._ask('upgrade', CONF.usage_timeout,
                         upgrade_info={'datastore_version': version})
