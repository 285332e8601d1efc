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

"""Data volumes that an abandoned resize has left off their servers.

Where online_volume_resize is false Trove takes the volume off the server,
extends it, and puts it back. A task manager that is killed amid that leaves
it where it is, and Trove's own tasks cannot go on from there: the node would
have no data, and another resize nothing to take off.
"""

from oslo_log import log as logging

from trove.common import cfg
from trove.common import utils
from trove.taskmanager import models as task_models

CONF = cfg.CONF
LOG = logging.getLogger(__name__)


def put_back(context, instance_id, guest):
    """Attach the data volume of an instance, and mount it, unless it is.

    :param guest: GuestAgentAPI of the instance
    :returns: GiB that the volume has, None where the instance has none
    """
    instance = task_models.BuiltInstanceTasks.load(context, instance_id)
    if not instance.volume_id:
        return None
    volume = _at_rest(instance)
    action = task_models.ResizeVolumeAction(instance, volume.size,
                                            volume.size)
    if volume.status == 'available':
        LOG.warning('Volume %s is not attached to instance %s: it is put '
                    'back.', volume.id, instance_id)
        action._attach_volume()
    # What the guest was told of its ring is on the volume.
    if guest.ring_name() is None:
        action._resize_fs(online=False)
        action._mount_volume()
    if volume.size != instance.volume_size:
        instance.update_db(volume_size=volume.size)
    return volume.size


def _at_rest(instance):
    """Return the volume when Cinder does nothing with it any more."""
    def get():
        return instance.volume_client.volumes.get(instance.volume_id)
    utils.poll_until(get, lambda volume: volume.status in ('available',
                                                           'in-use'),
                     sleep_time=2, time_out=CONF.volume_time_out)
    return get()


def grow(context, instance_id):
    """Let the file system have all of a volume that is extended already."""
    instance = task_models.BuiltInstanceTasks.load(context, instance_id)
    task_models.ResizeVolumeAction(
        instance, instance.volume_size, instance.volume_size)._resize_fs(
            online=True)
