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

from oslo_utils import excutils

from trove.cluster import models as cluster_models
from trove.cluster import tasks as cluster_tasks
from trove.common import cfg
from trove.common import exception
from trove.common import server_group
from trove.common.strategies.cluster import base
from trove.common import utils
from trove.configuration import models as config_models
from trove.taskmanager import api as task_api

from trove_k2hdkc.cluster import candidates
from trove_k2hdkc.cluster import copies
from trove_k2hdkc.cluster import guests
from trove_k2hdkc.cluster import health
from trove_k2hdkc.cluster import localities
from trove_k2hdkc.cluster import members
from trove_k2hdkc.cluster import views
from trove_k2hdkc.control import backups
from trove_k2hdkc.control import rings
from trove_k2hdkc import ring

CONF = cfg.CONF
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


def _assert_group_is_usable(context, configuration_id, version):
    # Trove hands on what a request has, text or not.
    if not isinstance(configuration_id, str):
        raise exception.BadRequest('A configuration group is named by its id, '
                                   'which is text.')
    config_models.Configuration.find(context, configuration_id, version.id)


class Cluster(members.ClusterOfMembers):

    @classmethod
    def create(cls, context, name, datastore, datastore_version, instances,
               extended_properties, locality, configuration, image_id=None):
        cluster_id = utils.generate_uuid()
        with localities.of_cluster(context, locality, cluster_id) as hint:
            cls._check(context, name, datastore_version, instances,
                       configuration)
            restored = cls._to_restore(context, extended_properties,
                                       instances)
            cluster, told = cls._make(context, cluster_id, name, datastore,
                                      datastore_version, configuration)
            try:
                # Another request may have come meanwhile: then both see it.
                cluster._assert_ring_is_free(configuration)
                cluster._create_members(instances, hint, image_id, told,
                                        restored)
                task_api.load(context, datastore_version.manager
                              ).create_cluster(cluster_id)
            except Exception:
                with excutils.save_and_reraise_exception():
                    cluster._discard()
            return cluster

    @staticmethod
    def _check(context, name, datastore_version, instances, configuration):
        options = CONF.get(datastore_version.manager)
        if len(instances) < options.min_cluster_member_count:
            raise exception.ClusterNumInstancesNotLargeEnough(
                num_instances=options.min_cluster_member_count)
        candidates.assert_name_is_usable(name)
        candidates.check(context, options, instances)
        if configuration:
            _assert_group_is_usable(context, configuration,
                                    datastore_version)

    @classmethod
    def _make(cls, context, cluster_id, name, datastore, datastore_version,
              configuration):
        """Return the Cluster and its Ring, with nothing made for a refusal."""
        project = context.project_id
        values = rings.values(project, datastore_version, configuration)
        ring_name = rings.name_of(values, name)
        told = rings.register_for_cluster(context, project, ring_name, values)
        try:
            db_info = cluster_models.DBCluster.create(
                id=cluster_id, name=name, tenant_id=project,
                datastore_version_id=datastore_version.id,
                task_status=TASKS.BUILDING_INITIAL,
                configuration_id=configuration)
        except Exception:
            with excutils.save_and_reraise_exception():
                rings.leave(context, project, ring_name, [])
        return cls(context, db_info, datastore, datastore_version), told

    @staticmethod
    def _to_restore(context, extended_properties, instances):
        """Return the cluster_config of members that load a backup."""
        backup_id = backups.asked_for(extended_properties)
        if backup_id is None:
            return {}
        return {ring.BACKUPS_KEY: backups.to_restore(
            context, backup_id, instances[0].get('volume_size'))}

    def _values(self):
        return rings.values(self.tenant_id, self.ds_version,
                            self.configuration_id)

    def _told(self, values):
        """Return the Ring, made or renewed in K2HR3."""
        return rings.register_for_cluster(
            self.context, self.tenant_id, rings.name_of(values, self.name),
            values, self.id)

    def grow(self, instances, image_id=None):
        self.validate_cluster_available()
        self._assert_own_project()
        rows = self._members()
        self._assert_restarted(rows)
        candidates.check(self.context, CONF.get(self.ds_version.manager),
                         instances, rows)
        values = self._values()
        copies.assert_resizable(self.context, self.id, rows, values)
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
                self._discard_new(rows)
        return self

    def _assert_restarted(self, rows, leaving=()):
        guests.assert_restarted(
            self.context, self.id, rows,
            rings.overrides_of(self.tenant_id, self.configuration_id),
            leaving)

    def _assert_own_project(self):
        # Trove gives new instances to the project of whoever asks.
        if self.context.project_id != self.tenant_id:
            raise exception.BadRequest(
                'Cluster %s is of the project %s, and new members would not '
                'be. Ask as a user of that project.'
                % (self.id, self.tenant_id))

    def shrink(self, instance_ids):
        self.validate_cluster_available()
        rows = self._members()
        there = {member.id for member in rows}
        leaving = list(dict.fromkeys(instance_ids))
        strangers = [member for member in leaving if member not in there]
        if strangers:
            raise exception.BadRequest(
                'Not members of cluster %s: %s. Name members of the cluster.'
                % (self.id, ', '.join(strangers)))
        if not leaving:
            raise exception.BadRequest(
                'No member to remove is named. Name one at least.')
        if len(leaving) == len(there):
            raise exception.ClusterShrinkMustNotLeaveClusterEmpty()
        if any(health.is_in_ring(member) for member in leaving):
            # A dead one has taken its keys with it already.
            self._assert_restarted(rows, leaving)
            copies.assert_resizable(self.context, self.id, rows,
                                    self._values(), leaving)
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
        _assert_group_is_usable(self.context, configuration_id,
                                self.ds_version)
        health.assert_alive(self.id, self._members())
        self._assert_ring_is_free(configuration_id)
        return self.rolling_configuration_update(configuration_id)

    def configuration_detach(self):
        self.validate_cluster_available()
        if not self.configuration_id:
            raise exception.UnprocessableEntity(
                'Cluster %s has no configuration group to detach.' % self.id)
        health.assert_alive(self.id, self._members())
        self._assert_ring_is_free(None)
        return self.rolling_configuration_remove()

    def _assert_ring_is_free(self, configuration_id):
        values = rings.values(self.tenant_id, self.ds_version,
                              configuration_id)
        rings.assert_free(self.tenant_id, rings.name_of(values, self.name),
                          self.id)
