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

import contextlib

from oslo_log import log as logging
import webob.exc

from trove.cluster import models as cluster_models
from trove.common import cfg
from trove.common import context as trove_context
from trove.common import exception
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
    overrides = overrides_of(project, configuration_id)
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
        if cluster.id != cluster_id and wanted_by(
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


def overrides_of(project, configuration_id):
    """Return the values of a configuration group, {} for None."""
    # Whoever asks: an administrator may be of another project.
    reader = trove_context.TroveContext(is_admin=True, project_id=project)
    return config_models.Configuration(
        reader, configuration_id).get_configuration_overrides()


def wanted_by(row, own_name):
    """Return the name of the ring that a cluster or an instance asks for.

    It may be none that a ring can have.
    """
    try:
        overrides = overrides_of(row.tenant_id, row.configuration_id)
    except exception.NotFound:
        # Trove lets a group go whose cluster is being deleted, and keeps
        # the row of an instance whose creation it refused for its group.
        overrides = {}
    return (overrides.get('cluster-name') or own_name).lower()


def is_used(project, name, but=None):
    """Tell whether a cluster or a single instance of the project has a ring.

    :param but: id of the one that does not count
    """
    owners = [*((row, row.name) for row in _clusters(project)),
              *((row, row.id) for row in _singles(project))]
    return any(row.id != but and wanted_by(row, own_name) == name
               for row, own_name in owners)


def names_in_groups(project):
    """Return the names of rings in all configuration groups of a project."""
    groups = config_models.DBConfiguration.find_all(
        tenant_id=project, deleted=False).all()
    names = {overrides_of(project, group.id).get('cluster-name')
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

    Nodes of instances that are deleted, which K2HR3 could not be told of
    then, are taken out: others would take them for members that are away.

    :returns: Ring, for the guests
    :raises HTTPServiceUnavailable: 503, K2HR3 could not be told; nothing
        that another call would not mend is left there
    """
    with _asking(name):
        return _register(_open(context, project, name), project, values)


def register_for_cluster(context, project, name, values, cluster_id=None):
    """Make or renew the ring of a cluster, as register() does.

    :param cluster_id: the cluster that wants it, when it is there already
    :raises HTTPConflict: 409, another Trove cluster has it, or has nodes that
        run in it, whatever its configuration group says now
    """
    assert_free(project, name, cluster_id)
    with _asking(name):
        found = _open(context, project, name)
        for row in _rows_in(found, project):
            if row.cluster_id not in (None, cluster_id):
                raise webob.exc.HTTPConflict(
                    'Instance %s of another cluster of this project is in the '
                    'ring %s. Choose another name, or another cluster-name in '
                    'the configuration group, or wait until it has left.'
                    % (row.name, name))
        return _register(found, project, values)


@contextlib.contextmanager
def _asking(name):
    try:
        yield
    except k2hr3.errors.K2hr3Error as error:
        LOG.error('Ring %s: %s', name, error)
        raise webob.exc.HTTPServiceUnavailable(str(error))


def _open(context, project, name):
    return k2hr3.Cluster(sessions.log_in(context, project), name,
                         CONF.get(MANAGER).k2hr3_guest_url)


def _register(cluster, project, values):
    done = cluster.register(parameters.of_cluster(values))
    deleted = {row.compute_instance_id for row in _rows(project, deleted=True)}
    for cuk in _servers_in(cluster) & deleted:
        cluster.remove_member(cuk)
    return ring.Ring(done.cluster, done.extdata_urls['server'], _authority())


def _rows(project, *, deleted):
    return instance_models.DBInstance.find_all(
        tenant_id=project, deleted=deleted).all()


def _servers_in(cluster):
    return {member.cuk for member in cluster.members()
            if member.part == k2hr3.SERVER}


def _rows_in(cluster, project):
    """Return the instances of the project whose nodes are in a ring."""
    cuks = _servers_in(cluster)
    return [row for row in _rows(project, deleted=False)
            if row.compute_instance_id in cuks]


def leave(context, project, name, cuks, but=None):
    """Take nodes out of a ring in K2HR3, and the ring if nobody has it.

    It never fails: what is being deleted must go. What is left in K2HR3 is
    logged; another ring of that name takes it over.

    :param cuks: ids of the servers of the nodes
    :param but: id of the cluster or instance that leaves
    :returns: whether K2HR3 is rid of them
    """
    return _tidy(context, project, lambda session: {name}, cuks, but)


def forget(context, project, names, cuks, but=None):
    """Take nodes that are gone out of all rings, as leave() does.

    A group says which ring is wanted: what they were in K2HR3 alone knows
    when it was changed meanwhile, or the guest does not tell.

    :param names: of rings that may have no node any more
    """
    def concerned(session):
        there = k2hr3.clusters_of(session)
        # So are rings that K2HR3 could not be told of when their only
        # instance, whose id they have for a name, was deleted.
        orphans = {row.id for row in _rows(project, deleted=True)}
        return {*names, *_holding(session, there, cuks),
                *orphans.intersection(there)}
    return _tidy(context, project, concerned, cuks, but)


def of_nodes(context, project, cuks):
    """Return the names of rings that nodes are in; it never fails.

    :param cuks: ids of the servers of the nodes
    """
    try:
        session = sessions.log_in(context, project)
        return _holding(session, k2hr3.clusters_of(session), cuks)
    except Exception as error:
        LOG.error('K2HR3 does not tell which rings of project %s have the '
                  'nodes %s: %s', project, cuks, error)
        return []


def _holding(session, names, cuks):
    return [name for name in names
            if _servers_in(k2hr3.Cluster(session, name)).intersection(cuks)]


def _tidy(context, project, concerned, cuks, but):
    """Take nodes out of rings, and those rings away that nobody has.

    :param concerned: function of the session that returns their names
    """
    try:
        session = sessions.log_in(context, project)
        # A group can have any text for a name: that is no ring.
        for name in filter(k2hr3.is_cluster_name, concerned(session)):
            cluster = k2hr3.Cluster(session, name)
            was_in = [cluster.remove_member(cuk) for cuk in cuks if cuk]
            if not (is_used(project, name, but) or
                    _rows_in(cluster, project)):
                cluster.unregister()
            LOG.info('%d nodes taken out of ring %s.', sum(was_in), name)
        return True
    except Exception:
        LOG.exception('What is gone could not be cleaned up in K2HR3, in '
                      'project %s. Nodes that must go: %s', project,
                      ', '.join(cuk for cuk in cuks if cuk))
        return False
