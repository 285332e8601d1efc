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

"""Whether new members can form one ring, before anything is made.

What Trove looks at only when it orders a member is looked at here too:
members that were ordered before it refuses are being built by then.
"""

from cinderclient import exceptions as cinder_exceptions

from trove.cluster import models as cluster_models
from trove.common import clients
from trove.common import exception
from trove.quota import quota

from trove_k2hdkc.cluster import networks

# The name of a member follows from that of its cluster.
LONGEST_NAME = 255 - len('-member-9999')

_ALIKE = ('volume_type', 'region_name', 'modules')


def assert_name_is_usable(name):
    if len(name) > LONGEST_NAME:
        raise exception.BadRequest(
            'The name of the cluster has %d characters. It can have %d at '
            'most, because those of its members begin with it.'
            % (len(name), LONGEST_NAME))


def check(context, options, instances, members=()):
    """Refuse members that cannot form one ring, or be made.

    Each has its networks afterwards.

    :param options: those of the datastore
    :param instances: list of dicts, as Trove gives them to a cluster
    :param members: rows of members that the new ones must be like
    """
    like = members[0] if members else None
    if like:
        _place_beside(context, members, instances)
    cluster_models.validate_instance_flavors(
        context, instances, options.volume_support, options.device_path)
    volumes = cluster_models.get_required_volume_size(
        instances, options.volume_support)
    cluster_models.assert_homogeneous_cluster(
        instances, required_flavor=like and like.flavor_id,
        required_volume_size=like and like.volume_size)
    _assert_alike(instances)
    networks.settle(context, instances, members)
    cluster_models.validate_instance_nics(context, instances)
    _check_quotas(context, instances, volumes)


def _place_beside(context, members, instances):
    """Give new members what a request for more cannot name."""
    volume_type = _volume_type(context, members)
    for instance in instances:
        instance.update(region_name=members[0].region_id,
                        volume_type=volume_type)


def _volume_type(context, members):
    for member in members:
        if member.volume_id:
            try:
                return clients.create_cinder_client(
                    context, member.region_id).volumes.get(
                        member.volume_id).volume_type
            except cinder_exceptions.NotFound:
                # It has died with its volume.
                continue


def _assert_alike(instances):
    for name in _ALIKE:
        if any(instance.get(name) != instances[0].get(name)
               for instance in instances):
            raise exception.BadRequest(
                'The members of a cluster must be alike, and their %s '
                'differs. Give all of them the same.' % name)


def _check_quotas(context, instances, volumes):
    flavor = clients.create_nova_client(
        context, instances[0].get('region_name')).flavors.get(
            instances[0]['flavor_id'])
    deltas = {'instances': len(instances),
              'ram': len(instances) * flavor.ram}
    if volumes is not None:
        deltas['volumes'] = volumes
    quota.check_quotas(context.project_id, deltas)
