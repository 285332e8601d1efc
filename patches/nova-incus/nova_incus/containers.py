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

"""The containers of Incus that are servers of Nova."""

import time

from oslo_log import log as logging

from nova_incus import client as api
from nova_incus import errors
from nova_incus import guest

LOG = logging.getLogger(__name__)

# Seconds between two tries while another operation holds the container.
PAUSE = 1
# Code of an If-Match that does not match.
CHANGED_MEANWHILE = 412


class Containers:
    """Every method takes the uuid of the server. All can be repeated."""

    def __init__(self, client):
        self.client = client

    def all(self):
        """Servers as Incus describes them; containers of others are not."""
        return [container for container in
                self.client.get(api.path_of('instances', recursion=1))
                if guest.UUID in container['config']]

    def find(self, uuid):
        """Return a server as Incus describes it, or None."""
        try:
            return self.client.get(self._path(uuid))
        except errors.IncusNotFound:
            return None

    def create(self, body):
        self.client.post(api.path_of('instances'), body)

    def update(self, uuid, change):
        """Let `change` alter the description in place, and write it back.

        Repeated when somebody else wrote meanwhile.
        """
        def attempt():
            container, etag = self.client.get_with_etag(self._path(uuid))
            before = (dict(container['config']), dict(container['devices']))
            change(container)
            if before != (container['config'], container['devices']):
                self.client.put(self._path(uuid), container, etag)

        self._patiently(attempt)

    def start(self, uuid):
        self._set_state(uuid, {'action': 'start', 'timeout': -1},
                        'already running')

    def stop(self, uuid, timeout):
        """Shut down within `timeout` seconds, then by force; 0: at once."""
        if timeout > 0:
            try:
                self._set_state(uuid, {'action': 'stop', 'timeout': timeout},
                                'already stopped')
                return
            except errors.IncusNotFound:
                raise
            except errors.IncusError as error:
                LOG.warning('Server %s did not shut down and is stopped by '
                            'force: %s', uuid, error.reason)
        self._stop_by_force(uuid)

    def remove(self, uuid):
        """Delete the container, running, half made or absent."""
        try:
            self._stop_by_force(uuid)
            self._patiently(lambda: self.client.delete(self._path(uuid)))
        except errors.IncusNotFound:
            LOG.debug('Server %s has no container', uuid)

    def console(self, uuid):
        """Return what the guest wrote to its console, as bytes."""
        return self.client.read(self._path(uuid, 'console'))

    def _path(self, uuid, *parts):
        return api.path_of('instances', guest.name_of(uuid), *parts)

    def _stop_by_force(self, uuid):
        self._set_state(uuid, {'action': 'stop', 'force': True,
                               'timeout': -1}, 'already stopped')

    def _set_state(self, uuid, body, already):
        """Ask for a state; a refusal with the words `already` is success.

        To look first would not do: when a guest ends by itself, Incus calls
        it Stopped, Running and Stopped again within a second.
        """
        try:
            self._patiently(lambda: self.client.put(
                self._path(uuid, 'state'), body))
        except errors.IncusError as error:
            if already not in error.reason:
                raise

    def _patiently(self, attempt):
        """Repeat while Incus says that another operation is under way.

        That happens after nova-compute was killed: Incus goes on.
        """
        deadline = time.monotonic() + self.client.operation_timeout
        while True:
            try:
                return attempt()
            except errors.IncusError as error:
                passing = (error.status == CHANGED_MEANWHILE or
                           'busy' in error.reason)
                if not passing or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE)
