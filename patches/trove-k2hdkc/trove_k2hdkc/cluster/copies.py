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

"""Whether a ring finds its keys after its size has changed.

CHMPX chooses the node of a key by the number of nodes. A node that joins
fetches the keys that are to be its own; one that stays does not fetch what
becomes its own. So the keys are found only if every node had all of them. A
chmpx-replica that is raised makes no copies of the keys that are there: what
counts is the least that a member has run with, which its guest knows.
"""

from trove.common import exception

from trove_k2hdkc.cluster import guests


def assert_resizable(context, cluster, rows, values, leaving=()):
    """Refuse a change of size after which keys would not be found.

    :param cluster: its id
    :param rows: of the members now
    :param values: the parameters that hold
    :param leaving: ids of those that are to leave
    :raises UnprocessableEntity: 422
    """
    members = len(rows)
    surely = guests.answers(context, cluster, rows,
                            lambda guest: guest.replicas(), leaving)
    # None before one has started K2HDKC.
    copies = 1 + min([int(values['chmpx-replica']),
                      *(known for known in surely if known is not None)])
    if members <= copies:
        return
    raise exception.UnprocessableEntity(
        'Cluster %s has %d members and each key is at %d of them '
        '(chmpx-replica is %d, or was): after a change of size many keys '
        'would not be found. Create a cluster of the size that is wanted from '
        'a backup of this one; a cluster whose chmpx-replica is at least %d '
        'from the beginning can be resized.'
        % (cluster, members, copies, copies - 1, members - 1))
