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

"""API of the backups of whole clusters.

    POST   /{project}/k2hdkc/cluster_backups
    GET    /{project}/k2hdkc/cluster_backups[/{id}]
    DELETE /{project}/k2hdkc/cluster_backups/{id}

A cluster is made from one by its id as `k2hdkc_backup` in the
extended_properties of the request that creates it.
"""

import jsonschema
from jsonschema import exceptions

from trove.common import exception
from trove.common import notification
from trove.common import policy
from trove.common import utils
from trove.common import wsgi

from trove_k2hdkc.control import backups

_TEXT = {'type': 'string', 'minLength': 1, 'maxLength': 64}

_CREATE = {
    'type': 'object', 'additionalProperties': False,
    'required': ['cluster_backup'],
    'properties': {'cluster_backup': {
        'type': 'object', 'additionalProperties': False,
        'required': ['cluster', 'name'],
        'properties': {'cluster': _TEXT, 'name': _TEXT,
                       'description': dict(_TEXT, maxLength=200),
                       'swift_container': _TEXT}}},
}


def _view(backup):
    return {
        'id': backup.id, 'cluster_id': backup.cluster_id,
        'name': backup.name, 'description': backup.description,
        'status': backups.state_of(backup),
        'size': sum(part.size or 0 for part in backup.parts),
        'missing': backups.missing(backup),
        'members': [{'backup_id': part.id, 'instance_id': part.instance_id,
                     'status': part.state, 'location': part.location,
                     'size': part.size} for part in backup.parts],
    }


def _assert_valid(body):
    # Trove's own check cannot tell of a fault at the top of a request.
    fault = exceptions.best_match(
        jsonschema.Draft4Validator(_CREATE).iter_errors(body))
    if fault is not None:
        raise exception.BadRequest(
            'The request for a backup of a cluster is not valid: %s'
            % fault.message)


class ClusterBackupController(wsgi.Controller):
    """Trove hands on the body of any request: where none is asked for, one
    that some client sends is ignored.
    """

    def index(self, req, tenant_id, body=None):
        context = req.environ[wsgi.CONTEXT_KEY]
        policy.authorize_on_tenant(context, 'backup:index')
        found = backups.load_all(context.project_id)
        return wsgi.Result({'cluster_backups': list(map(_view, found))}, 200)

    def show(self, req, tenant_id, id, body=None):
        return wsgi.Result(
            {'cluster_backup': _view(self._load(req, 'backup:show', id))},
            200)

    def create(self, req, tenant_id, body=None):
        context = req.environ[wsgi.CONTEXT_KEY]
        policy.authorize_on_tenant(context, 'backup:create')
        _assert_valid(body)
        asked = body['cluster_backup']
        if asked.get('swift_container'):
            utils.validate_command(asked['swift_container'])
        context.notification = notification.DBaaSBackupCreate(context,
                                                              request=req)
        with notification.StartNotification(
                context, name=asked['name'], instance_id=asked['cluster'],
                description=asked.get('description'), parent_id=None):
            made = backups.create(
                context, asked['cluster'], asked['name'],
                asked.get('description'), asked.get('swift_container'))
        return wsgi.Result({'cluster_backup': _view(made)}, 202)

    def delete(self, req, tenant_id, id, body=None):
        backup = self._load(req, 'backup:delete', id)
        context = req.environ[wsgi.CONTEXT_KEY]
        if backups.is_running(backup):
            raise exception.UnprocessableEntity(
                'Backup %s is not done yet: a member is still being backed '
                'up. Delete it when it is.' % id)
        context.notification = notification.DBaaSBackupDelete(context,
                                                              request=req)
        with notification.StartNotification(context, backup_id=id):
            backups.delete(context, backup)
        return wsgi.Result(None, 202)

    @staticmethod
    def _load(req, rule, backup_id):
        context = req.environ[wsgi.CONTEXT_KEY]
        backup = backups.load(context.project_id, backup_id)
        policy.authorize_on_target(context, rule,
                                   {'tenant': context.project_id})
        return backup
