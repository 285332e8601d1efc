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

"""What can be wrong with a volume that is a file."""

from cinder import exception


class FileBackendError(exception.VolumeDriverException):
    """The back end is not set up as it must be."""

    message = '%(reason)s'


class EncryptedVolumeError(exception.VolumeDriverException):
    message = ('Volume %(name)s is to be encrypted, which this back end does '
               'not do. Choose a volume type without encryption.')


class CopyInUseError(exception.VolumeDriverException):
    message = ('Volume %(name)s is attached to a server, which may write to '
               'it while it is copied, and the file system of %(directory)s '
               'cannot share blocks between files: %(reason)s. Detach the '
               'volume first.')


class OtherHostError(exception.InvalidConnectorException):
    message = ('The volume is a file of the host %(own)s; a server on '
               '%(other)s cannot have it.')
