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

import webob.exc

from trove.common import clients
from trove.common import exception
from trove.common import wsgi
from trove.configuration import models as config_models
from trove.configuration import service
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTasks

from trove_k2hdkc.cluster import health
from trove_k2hdkc.tests import control_case


class RefusalTest(control_case.ControlCase):
    """What Trove's API makes of a guest that refuses a configuration."""

    def setUp(self):
        super(RefusalTest, self).setUp()
        self.guest = self.patch(clients, 'create_guest_client').return_value
        self.row = self.instance_row('single')
        self.instance = instance_models.Instance(
            self.context, self.row, None, health.service(self.row.id))
        self.refusal = exception.GuestError(original_message='It must not.')

    def _attach(self, **values):
        self.assertRaises(
            exception.GuestError, self.instance.update_configuration,
            config_models.Configuration(self.context, self.group(**values)))
        return self.task_of(self.row.id)

    def test_values_that_cannot_be_used_are_not_attached(self):
        self.guest.update_overrides.side_effect = self.refusal
        self.assertEqual(InstanceTasks.NONE,
                         self._attach(chmpx_server_port=9020))
        self.assertIsNone(instance_models.DBInstance.find_by(
            id=self.row.id).configuration_id)

    def test_no_values_at_all_need_a_restart(self):
        self.guest.apply_overrides.side_effect = self.refusal
        self.assertEqual(InstanceTasks.RESTART_REQUIRED, self._attach())

    def test_the_user_is_told(self):
        resource = wsgi.Resource(
            service.ConfigurationsController(), None, None,
            service.ConfigurationsController.exception_map)
        self.assertIs(webob.exc.HTTPBadRequest,
                      resource._get_http_error(self.refusal))
        self.assertIn('It must not.', str(self.refusal))
