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

"""What can go wrong between Nova and Incus."""

from nova import exception


class IncusError(exception.NovaException):
    """Incus refused a request, or an operation failed.

    `reason` is the sentence of the API, `status` its code or None.
    """

    msg_fmt = '%(what)s: %(reason)s'

    def __init__(self, what, reason, status=None):
        super().__init__(what=what, reason=reason)
        self.reason = reason
        self.status = status


class IncusNotFound(IncusError):
    """Incus has no such thing."""


class IncusUnreachable(IncusError):
    """Incus does not answer at its socket."""
