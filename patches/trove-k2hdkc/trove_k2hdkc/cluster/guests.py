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

"""What guests of a cluster must say before it can have another size."""

from trove.common import exception
from trove.instance import tasks

from trove_k2hdkc.cluster import health
from trove_k2hdkc.control import singles


def answers(context, cluster, rows, question, leaving=()):
    """Yield what the guests of members in the ring say.

    :param cluster: its id
    :param rows: of the members
    :param question: function of a GuestAgentAPI
    :param leaving: ids of those that are to leave; one of them that does not
        answer may have died just now
    :raises UnprocessableEntity: 422, one that stays does not answer
    """
    for row in rows:
        if not health.is_in_ring(row.id):
            continue
        try:
            yield question(singles.guest(context, row.id))
        except exception.TroveError as error:
            if row.id in leaving:
                continue
            raise exception.UnprocessableEntity(
                'Member %s of cluster %s does not answer: %s. Try again when '
                'it does, or remove it.' % (row.name, cluster, error))


def assert_restarted(context, cluster, rows, overrides, leaving=()):
    """Refuse another size while members run with what held before.

    New ones would start with what holds now, perhaps in another ring. Trove
    stores the values of a group before members are told of them, and a
    reset-status forgets that they need a restart: so they are asked too.

    :param overrides: the values of the group of the cluster
    :raises UnprocessableEntity: 422
    """
    required = tasks.InstanceTasks.RESTART_REQUIRED
    if (any(row.get_task_status() == required for row in rows) or
            not all(answers(context, cluster, rows,
                            lambda guest: guest.runs_with(overrides),
                            leaving))):
        raise exception.UnprocessableEntity(
            'Members of cluster %s do not run with its configuration yet. '
            'Restart the cluster, and try again.' % cluster)
