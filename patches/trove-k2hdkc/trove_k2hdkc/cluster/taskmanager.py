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

"""Cluster operations of the task manager."""

from oslo_log import log as logging

from trove.common import exception
from trove.common.strategies.cluster import base
from trove.instance import models as instance_models
from trove.taskmanager import api as task_api
from trove.taskmanager import models as task_models

LOG = logging.getLogger(__name__)


class TaskManagerStrategy(base.BaseTaskManagerStrategy):

    @property
    def task_manager_api_class(self):
        return task_api.API

    @property
    def task_manager_cluster_tasks_class(self):
        return ClusterTasks


class ClusterTasks(task_models.ClusterTasks):

    def create_cluster(self, context, cluster_id):
        """Wait until every member is ready and tell each that all are.

        However it ends, the cluster is free for the next operation: a failed
        one shows in the status of its members and can be deleted.
        """
        try:
            self._complete_members(context, cluster_id)
        except Exception:
            LOG.exception('Cluster %s could not be created.', cluster_id)
            self.update_statuses_on_failure(cluster_id)
        finally:
            self.reset_task()

    def _complete_members(self, context, cluster_id):
        members = instance_models.DBInstance.find_all(
            cluster_id=cluster_id, deleted=False).all()
        ids = [member.id for member in members]
        # Bounded by usage_timeout.
        if not self._all_instances_ready(ids, cluster_id):
            raise exception.TroveError(
                'Not every member of the cluster became ready.')
        for member_id in ids:
            member = instance_models.Instance.load(context, member_id)
            self.get_guest(member).cluster_complete()
