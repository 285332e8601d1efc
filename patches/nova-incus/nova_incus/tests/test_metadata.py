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

from unittest import mock

import testtools

from nova import context
from nova.network import model
from nova import objects
from nova.tests.unit import fake_instance
from oslo_serialization import base64
from oslo_serialization import jsonutils

from nova_incus import metadata
from nova_incus.tests import base

NETWORK = model.Network(
    id='net', bridge='br-int', meta={'mtu': 1442}, subnets=[model.Subnet(
        cidr='192.0.2.0/24', gateway=model.IP('192.0.2.1'), dns=[], routes=[],
        ips=[model.FixedIP(address='192.0.2.7')])])


class MetadataTest(testtools.TestCase):
    """What Nova itself says of a server is what the guest reads."""

    def files(self):
        instance = fake_instance.fake_instance_obj(
            context.get_admin_context(), hostname='guest',
            user_data=base64.encode_as_text(b'#cloud-config\n'),
            metadata={'role': 'db'}, key_name=None,
            expected_attrs=['metadata', 'system_metadata', 'flavor'])
        # What nova-compute would have the conductor fetch.
        for name, value in (
                ('ec2_ids', objects.EC2Ids(
                    ami_id='a', instance_id='i', kernel_id=None,
                    ramdisk_id=None)),
                ('keypairs', objects.KeyPairList(objects=[])),
                ('device_metadata', None), ('numa_topology', None)):
            setattr(instance, name, value)
        with mock.patch.object(objects.Instance, 'get_bdms',
                               return_value=[]), mock.patch(
                'nova.network.security_group_api.'
                'get_instance_security_groups', return_value=[]):
            return instance, dict(metadata.config_drive_files(
                instance, [('/etc/motd', 'hello')], 'secret',
                model.NetworkInfo([base.make_vif(network=NETWORK)])))

    def test_user_data_metadata_network_and_files(self):
        instance, files = self.files()
        self.assertEqual(b'#cloud-config\n',
                         files['openstack/latest/user_data'])
        document = jsonutils.loads(files['openstack/latest/meta_data.json'])
        self.assertEqual((instance.uuid, 'guest.novalocal', 'secret',
                          {'role': 'db'}),
                         tuple(document[key] for key in (
                             'uuid', 'hostname', 'admin_pass', 'meta')))
        self.assertEqual('/etc/motd', document['files'][0]['path'])
        self.assertEqual('hello', files['openstack/content/0000'])
        network = jsonutils.loads(
            files['openstack/latest/network_data.json'])
        self.assertEqual('fa:16:3e:00:00:01',
                         network['links'][0]['ethernet_mac_address'])
        self.assertEqual('192.0.2.7', network['networks'][0]['ip_address'])
