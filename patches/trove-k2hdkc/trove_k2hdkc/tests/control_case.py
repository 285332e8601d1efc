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

"""A control plane with a real database, and stand-ins for what is around."""

import os.path
from unittest import mock
import uuid

import jinja2

from trove.cluster import models as cluster_models
from trove.cluster import tasks as cluster_tasks
from trove.common import template
from trove.configuration import models as config_models
from trove.datastore import models as datastore_models
from trove.instance import models as instance_models
from trove.instance import service_status
from trove.instance import tasks as instance_tasks
from trove.taskmanager import api as task_api
from trove.tests.unittests import trove_testtools
from trove.tests.unittests.util import util

from trove_k2hdkc.control import rings
from trove_k2hdkc.control import sessions
from trove_k2hdkc import k2hr3
from trove_k2hdkc.tests import fake_k2hr3
from trove_k2hdkc.tests import test_package_data

RULES = os.path.join(test_package_data.DATA, 'validation-rules.json')
TASKS = instance_tasks.InstanceTasks
STATUSES = service_status.ServiceStatuses


def _version():
    """Return the datastore version in the database of all tests."""
    try:
        datastore = datastore_models.Datastore.load('k2hdkc')
    except datastore_models.exception.DatastoreNotFound:
        datastore_models.DBDatastore.create(name='k2hdkc')
        datastore = datastore_models.Datastore.load('k2hdkc')
        fields = {'image_id': None, 'image_tags': 'trove', 'packages': '',
                  'active': True, 'version': '1.0.19', 'manager': 'k2hdkc',
                  'datastore_id': datastore.id, 'name': '1.0.19'}
        if hasattr(datastore_models.DatastoreVersion, 'registry_ext'):
            fields.update(registry_ext='x', repl_strategy='x')
        datastore_models.DBDatastoreVersion.create(**fields)
        config_models.load_datastore_configuration_parameters(
            'k2hdkc', '1.0.19', RULES)
    return datastore, datastore_models.DatastoreVersion.load(datastore,
                                                             '1.0.19')


class ControlCase(trove_testtools.TestCase):

    def setUp(self):
        super(ControlCase, self).setUp()
        util.init_db()
        self.project = uuid.uuid4().hex
        self.context = trove_testtools.TroveTestContext(
            self, auth_token='token', project_id=self.project)
        self.datastore, self.version = _version()
        loader = jinja2.FileSystemLoader(
            os.path.dirname(test_package_data.DATA))
        self.patch(template.ENV, 'loader', new=loader)
        self.k2hr3 = fake_k2hr3.FakeK2hr3()
        self.patch(k2hr3, 'Cluster', new=self.k2hr3.cluster)
        self.patch(k2hr3, 'clusters_of', new=self.k2hr3.clusters_of)
        self.log_in = self.patch(sessions, 'log_in')
        # An argument that this release of Trove does not take is refused, by
        # this and by whatever else of Trove is stood in for with autospec.
        self.tasks = mock.create_autospec(task_api.API, instance=True)
        self.patch(task_api, 'load', autospec=True, return_value=self.tasks)

    def patch(self, target, name, **kwargs):
        return self.enterContext(mock.patch.object(target, name, **kwargs))

    def group(self, **values):
        """Make a configuration group and return its id."""
        made = config_models.Configuration.create(
            'group', '', self.project, self.datastore.id, self.version.id)
        config_models.Configuration.create_items(
            made.id, {name if name.endswith('proxy')
                      else name.replace('_', '-'): value
                      for name, value in values.items()})
        return made.id

    def cluster_row(self, name='ring', members=0, **fields):
        row = cluster_models.DBCluster.create(
            name=name, tenant_id=self.project,
            datastore_version_id=self.version.id,
            task_status=fields.pop('task_status',
                                   cluster_tasks.ClusterTasks.NONE),
            configuration_id=fields.pop('configuration_id', None))
        for number in range(1, members + 1):
            self.instance_row('%s-member-%d' % (name, number),
                              cluster_id=row.id)
        return row

    def instance_row(self, name, status=STATUSES.HEALTHY,
                     task_status=TASKS.NONE, **fields):
        row = instance_models.DBInstance.create(
            name=name, tenant_id=self.project, flavor_id='1', volume_size=1,
            datastore_version_id=self.version.id, task_status=task_status,
            **fields)
        row.compute_instance_id = 'server of ' + name
        row.save()
        service = instance_models.InstanceServiceStatus.create(
            instance_id=row.id, status=status)
        service.save()
        return row

    def members(self, cluster_id):
        return instance_models.DBInstance.find_all(
            cluster_id=cluster_id, deleted=False).all()

    def task_of(self, instance_id):
        return instance_models.DBInstance.find_by(
            id=instance_id).get_task_status()

    def clusters(self):
        return cluster_models.DBCluster.find_all(
            tenant_id=self.project, deleted=False).all()

    def delete_row(self, instance_id):
        row = instance_models.DBInstance.find_by(id=instance_id)
        row.deleted = True
        row.cluster_id = None
        row.save()

    def patch_deletion(self, works=True):
        """Stand in for the deletion of instances by Trove."""
        def load(context, instance_id):
            delete = mock.Mock(
                side_effect=lambda: works and self.delete_row(instance_id))
            return mock.Mock(id=instance_id, delete=delete)
        return self.patch(instance_models, 'load_any_instance',
                          autospec=True, side_effect=load)

    def register(self, name):
        rings.register(self.context, self.project, name,
                       rings.values(self.project, self.version, None))
