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

"""Members of a cluster, as the API orders and discards them."""

from oslo_log import log as logging

from trove.cluster import models as cluster_models
from trove.cluster import tasks as cluster_tasks
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks

from trove_k2hdkc.cluster import localities
from trove_k2hdkc.cluster import views
from trove_k2hdkc import ring

LOG = logging.getLogger(__name__)
TASKS = cluster_tasks.ClusterTasks


class ClusterOfMembers(cluster_models.Cluster):

    @property
    def server_group(self):
        if not self._server_group_loaded:
            self._server_group = localities.load(self.context, self.id)
            self._server_group_loaded = True
        return self._server_group

    def _create_members(self, instances, locality, image_id, told,
                        more_config=()):
        """Order new members; what is ordered is in self.ordered.

        :param told: Ring
        :param more_config: for cluster_config
        """
        # A version that is registered by tags has no image of its own.
        image = self.ds_version.image_id or image_id
        names = self._free_names()
        self.ordered = []
        for instance in instances:
            member = instance_models.Instance.create(
                self.context, instance.get('name') or next(names),
                instance['flavor_id'], image, [], [], self.ds,
                self.ds_version, instance.get('volume_size'), None,
                availability_zone=instance.get('availability_zone'),
                nics=instance.get('nics'),
                configuration_id=self.configuration_id,
                cluster_config=dict(
                    more_config, **{'id': self.id, ring.KEY: ring.packed(
                        told), 'instance_type': views.MEMBER}),
                volume_type=instance.get('volume_type'),
                modules=instance.get('modules'),
                locality=locality,
                region_name=instance.get('region_name'))
            self.ordered.append(member.id)

    def _free_names(self):
        taken = {member.name for member in self._members()}
        number = 0
        while True:
            number += 1
            name = f'{self.name}-{views.MEMBER}-{number}'
            if name not in taken:
                yield name

    def _members(self):
        return instance_models.DBInstance.find_all(
            cluster_id=self.id, deleted=False).all()

    def _discard(self):
        """Delete what there is of a cluster that could not be ordered."""
        try:
            self._make_deletable(self._members())
            self.reset_task()
            self.delete()
        except Exception:
            LOG.exception('Cluster %s could not be deleted.', self.id)

    @staticmethod
    def _make_deletable(members):
        # What is being built refuses to be deleted.
        for member in members:
            member.set_task_status(
                instance_tasks.InstanceTasks.BUILDING_ERROR_SERVER)
            member.save()

    def _discard_new(self, before):
        """Delete new members of a cluster that could not be grown.

        :param before: rows of the members that it had
        """
        there = {member.id for member in before}
        new = [member for member in self._members()
               if member.id not in there]
        try:
            # Members of any other cluster refuse to be deleted.
            self.update_db(task_status=TASKS.SHRINKING_CLUSTER)
            self._make_deletable(new)
            for member in new:
                instance_models.load_any_instance(self.context,
                                                  member.id).delete()
        except Exception:
            LOG.exception('Members of cluster %s could not be deleted: %s',
                          self.id, [member.id for member in new])
        self.reset_task()
