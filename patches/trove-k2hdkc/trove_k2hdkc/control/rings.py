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

"""Rings of a project: which there are, and what K2HR3 is told of them."""

from oslo_log import log as logging
import webob.exc

from trove.cluster import models as cluster_models
from trove.common import cfg
from trove.common import context as trove_context
from trove.common import template
from trove.configuration import models as config_models
from trove.datastore import models as datastore_models
from trove.instance import models as instance_models

from trove_k2hdkc.control import sessions
from trove_k2hdkc import k2hr3
from trove_k2hdkc import MANAGER
from trove_k2hdkc import parameters
from trove_k2hdkc import ring

LOG = logging.getLogger(__name__)
CONF = cfg.CONF


def values(project, version, configuration_id):
    """Return the parameters that hold with a configuration group or None.

    :raises UnprocessableEntity: an instance cannot be run with them
    """
    overrides = _overrides(project, configuration_id)
    rendered = template.SingleInstanceConfigTemplate(
        version, {'ram': 0}, 'any').render()
    found = parameters.effective(rendered, overrides)
    parameters.check_ports(found, CONF.get(MANAGER).tcp_ports)
    return found


def name_of(values, own_name):
    """Return the name of the ring of an instance or a cluster.

    :param own_name: what it is called without a configuration group
    """
    name = values['cluster-name'] or own_name
    parameters.check_ring_name(name)
    # K2HR3 knows no others.
    return name.lower()


def assert_free(project, name, cluster_id=None):
    """Refuse a name that another Trove cluster of the project has.

    :param cluster_id: the cluster that wants it, when it is there already
    :raises HTTPConflict: 409
    """
    for cluster in _clusters(project):
        if cluster.id != cluster_id and _name_of_row(
                cluster, cluster.name) == name:
            raise webob.exc.HTTPConflict(
                'The cluster %s of this project has the ring %s already. '
                'Choose another name, or another cluster-name in the '
                'configuration group.' % (cluster.name, name))


def _is_k2hdkc(row):
    return datastore_models.DatastoreVersion.load_by_uuid(
        row.datastore_version_id).manager == MANAGER


def _clusters(project):
    rows = cluster_models.DBCluster.find_all(
        tenant_id=project, deleted=False).all()
    return [row for row in rows if _is_k2hdkc(row)]


def _singles(project):
    rows = instance_models.DBInstance.find_all(
        tenant_id=project, cluster_id=None, deleted=False).all()
    return [row for row in rows
            if row.datastore_version_id and _is_k2hdkc(row)]


def _overrides(project, configuration_id):
    # Whoever asks: an administrator may be of another project.
    reader = trove_context.TroveContext(is_admin=True, project_id=project)
    return config_models.Configuration(
        reader, configuration_id).get_configuration_overrides()


def _name_of_row(row, own_name):
    overrides = _overrides(row.tenant_id, row.configuration_id)
    return (overrides.get('cluster-name') or own_name).lower()


def is_used(project, name, but=None):
    """Tell whether a cluster or a single instance of the project has a ring.

    :param but: id of the one that does not count
    """
    owners = [*((row, row.name) for row in _clusters(project)),
              *((row, row.id) for row in _singles(project))]
    return any(row.id != but and _name_of_row(row, own_name) == name
               for row, own_name in owners)


def names_in_groups(project):
    """Return the names of rings in all configuration groups of a project."""
    groups = config_models.DBConfiguration.find_all(
        tenant_id=project, deleted=False).all()
    names = {_overrides(project, group.id).get('cluster-name')
             for group in groups}
    return {name.lower() for name in names if name}


def _authority():
    """Return what the guests are to trust K2HR3 by, None for the system's.

    :raises HTTPServiceUnavailable: 503, the file cannot be read
    """
    options = CONF.get(MANAGER)
    url = options.k2hr3_guest_url or options.k2hr3_url
    if not options.k2hr3_ca_file or not url.startswith('https:'):
        return None
    try:
        with open(options.k2hr3_ca_file) as certificates:
            return certificates.read()
    except OSError as error:
        raise webob.exc.HTTPServiceUnavailable(
            'The authority of K2HR3 cannot be read: %s. See k2hr3_ca_file in '
            '[k2hdkc] of trove.conf.' % error)


def register(context, project, name, values):
    """Make or renew a ring in K2HR3.

    :returns: Ring, for the guests
    :raises HTTPServiceUnavailable: 503, K2HR3 could not be told; nothing
        that another call would not mend is left there
    """
    options = CONF.get(MANAGER)
    try:
        done = k2hr3.Cluster(
            sessions.log_in(context, project), name,
            options.k2hr3_guest_url).register(parameters.of_cluster(values))
    except k2hr3.errors.K2hr3Error as error:
        LOG.error('Ring %s: %s', name, error)
        raise webob.exc.HTTPServiceUnavailable(str(error))
    return ring.Ring(done.cluster, done.extdata_urls['server'], _authority())


def leave(context, project, name, cuks, but=None):
    """Take nodes out of a ring in K2HR3, and the ring if nobody has it.

    It never fails: what is being deleted must go. What is left in K2HR3 is
    logged, and another ring of that name takes it over.

    :param cuks: ids of the servers of the nodes
    :param but: id of the cluster or instance that leaves
    :returns: whether K2HR3 is rid of them
    """
    try:
        cluster = k2hr3.Cluster(sessions.log_in(context, project), name)
        was_in = [cluster.remove_member(cuk) for cuk in cuks if cuk]
        if not is_used(project, name, but):
            cluster.unregister()
        LOG.info('%d nodes taken out of ring %s.', sum(was_in), name)
        return True
    except Exception:
        LOG.exception('Ring %s of project %s could not be cleaned up in '
                      'K2HR3. Members that must go: %s', name, project,
                      ', '.join(cuk for cuk in cuks if cuk))
        return False
