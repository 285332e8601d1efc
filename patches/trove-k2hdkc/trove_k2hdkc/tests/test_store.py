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

import json
import os
import stat

from trove.common import exception

from trove_k2hdkc.guestagent import store
from trove_k2hdkc import ring
from trove_k2hdkc.tests import guest_case


class StoreTest(guest_case.GuestCase):

    def test_it_is_for_root_alone(self):
        self.prepare_single()
        path = os.path.join(self.volume, store.FILE)
        self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
        self.assertEqual([store.FILE], os.listdir(self.volume))

    def test_parts_are_replaced_one_by_one(self):
        kept = store.Store(self.volume)
        self.assertIsNone(kept.ring())
        self.assertIsNone(kept.version())
        kept.update(template=self.template, ring=guest_case.RING)
        kept.update(in_force={'chmpx-replica': 1})
        kept.update(in_force={'http_proxy': 'http://proxy'}, version='2')
        self.assertEqual(guest_case.RING, kept.ring())
        self.assertEqual('2', kept.version())
        self.assertEqual((2, 'http://proxy'),
                         (kept.parameters()['chmpx-replica'],
                          kept.parameters()['http_proxy']))

    def test_what_an_agent_of_before_has_stored_is_in_force(self):
        kept = store.Store(self.volume)
        with open(kept.path, 'w') as stored:
            json.dump({'template': self.template,
                       'overrides': {'chmpx-replica': 1}}, stored)
        kept.update(overrides={})
        self.assertEqual(1, kept.parameters()['chmpx-replica'])
        self.assertTrue(kept.needs_restart())

    def test_the_authority_of_k2hr3_lies_where_the_node_reads_it(self):
        self.prepare(cluster_config={ring.KEY: ring.packed(
            guest_case.RING._replace(authority='PEM'))})
        with open(os.path.join(self.volume, '.k2hr3-ca.pem')) as authority:
            self.assertEqual('PEM', authority.read())
            self.assertEqual(0o644, stat.S_IMODE(
                os.stat(authority.name).st_mode))
        self.assertEqual('PEM', store.Store(self.volume).ring().authority)
        self.assertEqual('/var/lib/antpickax/k2hdkc/.k2hr3-ca.pem',
                         self.environment()['CURL_CA_BUNDLE'])

    def test_a_volume_that_is_not_mounted_is_told(self):
        refusal = self.assertRaises(exception.TroveError,
                                    store.Store('/nowhere').parameters)
        self.assertIn('is the data volume mounted?', str(refusal))
