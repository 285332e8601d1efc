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

"""Cluster operations of the API.

Each is checked and the ring is in K2HR3 before anything else is done: a
K2HR3 that is away costs nothing but the request.
"""

from oslo_log import log as logging
from oslo_utils import excutils

from trove.cluster import models as cluster_models
from trove.cluster import tasks as cluster_tasks
from trove.common import cfg
from trove.common import exception
from trove.common import server_group
from trove.common.strategies.cluster import base
from trove.configuration import models as config_models
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks
from trove.quota import quota
from trove.taskmanager import api as task_api

from trove_k2hdkc.cluster import copies
from trove_k2hdkc.cluster import health
from trove_k2hdkc.cluster import networks
from trove_k2hdkc.cluster import views
from trove_k2hdkc.control import backups
from trove_k2hdkc.control import rings
from trove_k2hdkc import ring

CONF = cfg.CONF
LOG = logging.getLogger(__name__)
TASKS = cluster_tasks.ClusterTasks


class APIStrategy(base.BaseAPIStrategy):

    @property
    def cluster_class(self):
        return Cluster

    @property
    def cluster_controller_actions(self):
        return {}

    @property
    def cluster_view_class(self):
        return views.ClusterView

    @property
    def mgmt_cluster_view_class(self):
        return views.MgmtClusterView


def _validate_members(context, options, instances, like=None):
    """Refuse members that cannot form one ring, before anything is made.

    :param like: row of a member that the new ones must be like
    """
    cluster_models.validate_instance_flavors(
        context, instances, options.volume_support, options.device_path)
    volumes = cluster_models.get_required_volume_size(
        instances, options.volume_support)
    cluster_models.assert_homogeneous_cluster(
        instances, required_flavor=like and like.flavor_id,
        required_volume_size=like and like.volume_size)
    networks.settle(context, instances)
    cluster_models.validate_instance_nics(context, instances)
    deltas = {'instances': len(instances)}
    if volumes is not None:
        deltas['volumes'] = volumes
    quota.check_quotas(context.project_id, deltas)


class Cluster(cluster_models.Cluster):

    @classmethod
    def create(cls, context, name, datastore, datastore_version, instances,
               extended_properties, locality, configuration, image_id=None):
        options = CONF.get(datastore_version.manager)
        if len(instances) < options.min_cluster_member_count:
            raise exception.ClusterNumInstancesNotLargeEnough(
                num_instances=options.min_cluster_member_count)
        _validate_members(context, options, instances)
        if configuration:
            config_models.Configuration.find(context, configuration,
                                             datastore_version.id)
        restored = cls._to_restore(context, extended_properties, instances)
        project = context.project_id
        values = rings.values(project, datastore_version, configuration)
        ring_name = rings.name_of(values, name)
        rings.assert_free(project, ring_name)
        told = rings.register(context, project, ring_name, values)
        try:
            db_info = cluster_models.DBCluster.create(
                name=name, tenant_id=project,
                datastore_version_id=datastore_version.id,
                task_status=TASKS.BUILDING_INITIAL,
                configuration_id=configuration)
        except Exception:
            with excutils.save_and_reraise_exception():
                rings.leave(context, project, ring_name, [])
        cluster = cls(context, db_info, datastore, datastore_version)
        try:
            # Another request may have come meanwhile: then both see it.
            rings.assert_free(project, ring_name, db_info.id)
            cluster._create_members(instances, locality, image_id, told,
                                    restored)
            task_api.load(context, datastore_version.manager).create_cluster(
                db_info.id)
        except Exception:
            with excutils.save_and_reraise_exception():
                cluster._discard()
        return cluster

    @staticmethod
    def _to_restore(context, extended_properties, instances):
        """Return the cluster_config of members that load a backup."""
        backup_id = (extended_properties or {}).get('k2hdkc_backup')
        if not backup_id:
            return {}
        return {ring.BACKUPS_KEY: backups.to_restore(
            context, backup_id, instances[0].get('volume_size'))}

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

    def _values(self):
        return rings.values(self.tenant_id, self.ds_version,
                            self.configuration_id)

    def _told(self, values):
        """Return the Ring, made or renewed in K2HR3."""
        return rings.register(self.context, self.tenant_id,
                              rings.name_of(values, self.name), values)

    def grow(self, instances, image_id=None):
        self.validate_cluster_available()
        members = self._members()
        _validate_members(self.context, CONF.get(self.ds_version.manager),
                          instances, members[0] if members else None)
        values = self._values()
        copies.assert_resizable(self.id, len(members), values)
        told = self._told(values)
        locality = server_group.ServerGroup.convert_to_hint(
            self.server_group)
        self.update_db(task_status=TASKS.GROWING_CLUSTER)
        try:
            self._create_members(instances, locality, image_id, told)
            task_api.load(self.context, self.ds_version.manager).grow_cluster(
                self.id, self.ordered)
        except Exception:
            with excutils.save_and_reraise_exception():
                self._discard_ordered()
        return self

    def _discard_ordered(self):
        """Delete new members of a cluster that could not be grown."""
        try:
            # Members of any other cluster refuse to be deleted.
            self.update_db(task_status=TASKS.SHRINKING_CLUSTER)
            self._make_deletable([member for member in self._members()
                                  if member.id in self.ordered])
            for member_id in self.ordered:
                instance_models.load_any_instance(self.context,
                                                  member_id).delete()
        except Exception:
            LOG.exception('Members of cluster %s could not be deleted: %s',
                          self.id, self.ordered)
        self.reset_task()

    def shrink(self, instance_ids):
        self.validate_cluster_available()
        members = {member.id for member in self._members()}
        leaving = list(dict.fromkeys(instance_ids))
        strangers = [member for member in leaving if member not in members]
        if strangers:
            raise exception.BadRequest(
                'Not members of cluster %s: %s. Name members of the cluster.'
                % (self.id, ', '.join(strangers)))
        if not leaving:
            raise exception.BadRequest(
                'No member to remove is named. Name one at least.')
        if len(leaving) == len(members):
            raise exception.ClusterShrinkMustNotLeaveClusterEmpty()
        if any(health.is_alive(member) for member in leaving):
            # A dead one has taken its keys with it already.
            copies.assert_resizable(self.id, len(members), self._values())
        self.update_db(task_status=TASKS.SHRINKING_CLUSTER)
        try:
            task_api.load(self.context, self.ds_version.manager
                          ).shrink_cluster(self.id, leaving)
        except Exception:
            with excutils.save_and_reraise_exception():
                self.reset_task()
        return self

    def restart(self):
        self.validate_cluster_available()
        self._told(self._values())
        return self.rolling_restart()

    def upgrade(self, datastore_version):
        if datastore_version.manager != self.ds_version.manager:
            raise exception.BadRequest(
                'Version %s is not one of K2HDKC. Choose one of the '
                'datastore of the cluster.' % datastore_version.name)
        return self.rolling_upgrade(datastore_version)

    def configuration_attach(self, configuration_id):
        self.validate_cluster_available()
        if self.configuration_id not in (None, configuration_id):
            raise exception.UnprocessableEntity(
                'Cluster %s has the configuration group %s. Detach it before '
                'another is attached.' % (self.id, self.configuration_id))
        config_models.Configuration.find(self.context, configuration_id,
                                         self.ds_version.id)
        self._assert_ring_is_free(configuration_id)
        return self.rolling_configuration_update(configuration_id)

    def configuration_detach(self):
        self.validate_cluster_available()
        if not self.configuration_id:
            raise exception.UnprocessableEntity(
                'Cluster %s has no configuration group to detach.' % self.id)
        self._assert_ring_is_free(None)
        return self.rolling_configuration_remove()

    def _assert_ring_is_free(self, configuration_id):
        values = rings.values(self.tenant_id, self.ds_version,
                              configuration_id)
        rings.assert_free(self.tenant_id, rings.name_of(values, self.name),
                          self.id)
