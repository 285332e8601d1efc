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

"""Waiting for Neutron to have wired the ports of a server."""

import contextlib

import eventlet
from oslo_log import log as logging

import nova.conf
from nova import exception

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)


def awaited(network_info, timeout):
    """Events that Neutron will send: for ports that are not active yet."""
    if not timeout:
        return []
    return [('network-vif-plugged', vif['id']) for vif in network_info
            if vif.get('active') is False]


def _failed(event_name, instance):
    LOG.error('Neutron says that %s failed', event_name, instance=instance)
    if CONF.vif_plugging_is_fatal:
        raise exception.VirtualInterfaceCreateException()


@contextlib.contextmanager
def ports_wired(virtapi, instance, network_info):
    """Run the body, which plugs, and then wait for its ports.

    Errors: VirtualInterfaceCreateException after vif_plugging_timeout, unless
    vif_plugging_is_fatal is false.
    """
    names = awaited(network_info, CONF.vif_plugging_timeout)
    try:
        with virtapi.wait_for_instance_event(
                instance, names, deadline=CONF.vif_plugging_timeout,
                error_callback=_failed):
            yield
    except eventlet.timeout.Timeout:
        LOG.warning('Neutron did not say within %d s that the ports are '
                    'wired', CONF.vif_plugging_timeout, instance=instance)
        if CONF.vif_plugging_is_fatal:
            raise exception.VirtualInterfaceCreateException()
