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

"""Rows of instances, which others write to meanwhile."""

from trove.instance import models as instance_models


def write(instance_id, task=None, **values):
    """Write to the row of an instance, read anew for it.

    :param task: its task status, None to leave that
    """
    row = instance_models.DBInstance.find_by(id=instance_id)
    if task is not None:
        row.set_task_status(task)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
