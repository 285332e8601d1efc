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

"""Instances that must be restarted still.

What is attached to an instance or detached from it is in effect when K2HR3 is
told of it, and only a restart does that. At the end of any other task Trove
forgets that one is required.
"""

import contextlib

from oslo_log import log as logging
from oslo_utils import excutils

from trove.common import exception
from trove import db
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks

from trove_k2hdkc.cluster import health
from trove_k2hdkc.control import rings
from trove_k2hdkc.control import rows

LOG = logging.getLogger(__name__)
TASKS = instance_tasks.InstanceTasks


@contextlib.contextmanager
def kept(instance_id, guest):
    """Leave an instance in RESTART_REQUIRED when its guest says so.

    :param guest: function that returns its GuestAgentAPI
    """
    try:
        yield
    finally:
        row = instance_models.DBInstance.find_by(id=instance_id)
        if row.get_task_status() == TASKS.NONE:
            require_as_told(instance_id, guest())


def require_as_told(instance_id, guest):
    """Put an instance into RESTART_REQUIRED when its guest says so."""
    if after(guest) != TASKS.RESTART_REQUIRED:
        return
    # Not by save(): what the API has begun while the guest was asked goes on.
    query = db.get_db_api().find_all(instance_models.DBInstance,
                                     id=instance_id, task_id=TASKS.NONE.code)
    query.update({'task_id': TASKS.RESTART_REQUIRED.code,
                  'task_description': TASKS.RESTART_REQUIRED.db_text},
                 synchronize_session=False)
    query.session.commit()


def after(guest):
    """Return the task of an instance that nothing is done with any more.

    :param guest: its GuestAgentAPI
    """
    try:
        return TASKS.RESTART_REQUIRED if guest.needs_restart() else TASKS.NONE
    except exception.TroveError as error:
        # It is away, or one of before, which does not know.
        LOG.warning('A guest does not say whether it needs a restart: %s',
                    error)
        return TASKS.NONE


@contextlib.contextmanager
def moving(context, row, old, new):
    """Take a node out of the ring that it leaves by a restart within.

    Where the restart fails that ring goes if nobody is in it any more:
    whoever tries it again is told the new one by the guest.

    :param row: of the instance
    :param old: name of the ring that it was in, or None
    :param new: name of the one that it is told of
    """
    gone = []
    try:
        yield
        gone.append(row.compute_instance_id)
    finally:
        if old not in (None, new):
            rings.leave(context, row.tenant_id, old, gone)


@contextlib.contextmanager
def possible(instance_id):
    """What fails within leaves an instance that can be restarted.

    Where the volume could not be attached again Trove calls the node failed,
    and refuses the restart by which it would be. No guest agent corrects
    that: without the volume it does not start.
    """
    try:
        yield
    except Exception:
        with excutils.save_and_reraise_exception():
            service = health.service(instance_id)
            if service.get_status() in health.FAILED:
                service.set_status(health.STATUSES.SHUTDOWN)
                service.save()
            rows.write(instance_id, TASKS.RESTART_REQUIRED)
