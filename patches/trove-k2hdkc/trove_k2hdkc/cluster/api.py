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

Only creating and deleting. What is not overridden here, growing for one, is
refused by the base class.
"""

from oslo_log import log as logging
from oslo_utils import excutils

from trove.cluster import models as cluster_models
from trove.cluster import tasks as cluster_tasks
from trove.cluster import views as cluster_views
from trove.common import cfg
from trove.common import exception
from trove.common.strategies.cluster import base
from trove.configuration import models as config_models
from trove.extensions.mgmt.clusters import views as mgmt_cluster_views
from trove.instance import models as instance_models
from trove.instance import tasks as instance_tasks
from trove.quota import quota
from trove.taskmanager import api as task_api

CONF = cfg.CONF
LOG = logging.getLogger(__name__)

MEMBER = 'member'


class APIStrategy(base.BaseAPIStrategy):

    @property
    def cluster_class(self):
        return Cluster

    @property
    def cluster_controller_actions(self):
        return {}

    @property
    def cluster_view_class(self):
        return ClusterView

    @property
    def mgmt_cluster_view_class(self):
        return MgmtClusterView


def _validate_members(context, options, instances):
    """Refuse members that cannot form one ring, before anything is made."""
    cluster_models.validate_instance_flavors(
        context, instances, options.volume_support, options.device_path)
    volumes = cluster_models.get_required_volume_size(
        instances, options.volume_support)
    cluster_models.assert_homogeneous_cluster(instances)
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

        db_info = cluster_models.DBCluster.create(
            name=name, tenant_id=context.project_id,
            datastore_version_id=datastore_version.id,
            task_status=cluster_tasks.ClusterTasks.BUILDING_INITIAL,
            configuration_id=configuration)
        cluster = cls(context, db_info, datastore, datastore_version)
        try:
            cluster._create_members(instances, locality, image_id)
            task_api.load(context, datastore_version.manager).create_cluster(
                db_info.id)
        except Exception:
            with excutils.save_and_reraise_exception():
                cluster._discard()
        return cluster

    def _create_members(self, instances, locality, image_id):
        # A version that is registered by tags has no image of its own.
        image = self.ds_version.image_id or image_id
        for number, instance in enumerate(instances, start=1):
            instance_models.Instance.create(
                self.context,
                instance.get('name') or f'{self.name}-{MEMBER}-{number}',
                instance['flavor_id'], image, [], [], self.ds,
                self.ds_version, instance.get('volume_size'), None,
                availability_zone=instance.get('availability_zone'),
                nics=instance.get('nics'),
                configuration_id=self.configuration_id,
                cluster_config={'id': self.id, 'instance_type': MEMBER},
                volume_type=instance.get('volume_type'),
                modules=instance.get('modules'),
                locality=locality,
                region_name=instance.get('region_name'))

    def _discard(self):
        """Delete what there is of a cluster that could not be ordered."""
        try:
            # What is being built refuses to be deleted.
            for member in self.db_instances:
                member.set_task_status(
                    instance_tasks.InstanceTasks.BUILDING_ERROR_SERVER)
                member.save()
            self.reset_task()
            self.delete()
        except Exception:
            LOG.exception('Cluster %s could not be deleted.', self.id)


class ClusterView(cluster_views.ClusterView):

    def build_instances(self):
        return self._build_instances([MEMBER], [MEMBER])


class MgmtClusterView(mgmt_cluster_views.MgmtClusterView):

    def build_instances(self):
        return self._build_instances([MEMBER], [MEMBER])
