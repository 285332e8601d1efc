import {inside} from './machine.js';

/** What servers and volumes are made of in the machine, each as a line; none when all are gone. The file of the storage pool stays. */
export const leftovers = async (): Promise<readonly string[]> => (await inside(`
incus query /1.0/instances
ip -brief link | grep --only-matching -E '^(tap|gst)[0-9a-f]{8}-[0-9a-f]{2}' | while read -r link; do ovs-vsctl --bare --columns=external_ids find Interface name=$link | grep vm-uuid | sed "s/^/link $link /"; done || true
ip -brief link | grep -E '^gst' || true
losetup --noheadings --output NAME,BACK-FILE | grep --invert-match /incus/disks/ || true
find /var/lib/cinder/volumes -type f
find /var/lib/nova/instances -mindepth 1 -maxdepth 1 -name '*-*-*-*-*'
`)).split('\n').filter(line => line !== '' && line !== '[]');
