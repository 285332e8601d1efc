import test from 'ava';
import {parse, stringify} from 'yaml';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {connectFrom, type Reached} from '../support/farHost.js';
import {inside} from '../support/machine.js';
import {addressOf, openServers, until, type Servers} from '../support/servers.js';
import {createKey, type Key} from '../support/sshKey.js';
import {document, expect, hostNeeds, paths} from '../support/tool.js';
import {addGuestImage, prepare, settings, up} from '../support/withServers.js';

const all = {...hostNeeds, commands: {...hostNeeds.commands, ssh: 'openssh-client', 'ssh-keygen': 'openssh-client'}} as const;
const names = ['one', 'two', 'three'] as const;
type Name = (typeof names)[number];
type Guest = {readonly id: string; readonly fixed: string; readonly floating: string; readonly floatingId: string};

/** What the tests of this file hand on to each other; they run in order. */
const made: {servers?: Servers; key?: Key; image?: string; network?: string; group?: string; ssh?: string; volume?: string; guests: Map<Name, Guest>} = {guests: new Map()};

const servers = (): Servers => made.servers!;
const guest = (name: Name): Guest => made.guests.get(name)!;

/** In a server, as root, by its floating address. */
const inServer = async (name: Name, script: string): Promise<string> => made.key!.run(guest(name).floating, script);

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** What Trove gives to each of its guests, so that docker trusts the registry; and a file, and a key to reach the others with. */
const userData = async (): Promise<string> => {
	const common = await inside('cat /etc/trove/cloudinit/k2hdkc.cloudinit');
	const files = [
		{path: '/root/from-user-data', content: 'as the user wrote it\n'},
		{path: '/root/key', content: made.key!.privateKey, permissions: '0600'},
	];
	return `#cloud-config\n${stringify({...parse(common) as object, write_files: files}, {lineWidth: 0})}`;
};

const createServer = async (name: string): Promise<string> => servers().create({
	name, imageRef: made.image, flavorRef: 'd2', key_name: 'tests', networks: [{uuid: made.network}], security_groups: [{name: 'tests'}],
	user_data: Buffer.from(await userData()).toString('base64'),
});

test.after.always(async () => {
	await made.key?.remove();
});

test.serial('up builds a cloud with a compute host and the images that servers need', async t => {
	if (!await needs(t, all)) {
		return;
	}

	await prepare();
	await expect(t, 0, up);
	const status = document<{steps: Array<{id: string; standing: string; evidence: string}>; guests: unknown[]}>(await expect(t, 0, ['status', '--json', ...settings]));
	for (const step of ['incus', 'compute.driver', 'compute', 'compute.host', 'images.guest', 'images.database.push']) {
		t.is(status.steps.find(({id}) => id === step)?.standing, 'ok', step);
	}

	const evidence = (step: string): string => status.steps.find(({id}) => id === step)!.evidence;
	t.regex(evidence('incus'), /storage pool default of type btrfs/);
	t.regex(evidence('compute.host'), /Placement offers \d+ VCPU, \d+ MEMORY_MB, \d+ DISK_GB/);
	t.regex(evidence('sandbox.machine'), /guests lie on a (?:directory|file) of the host/);
	t.deepEqual(status.guests, []);
});

test.serial('three servers side by side, from the guest image, with their user data, names and addresses', async t => {
	if (!await needs(t, all)) {
		return;
	}

	made.servers = openServers(await openCloud((await paths()).environment));
	made.key = await createKey(t);
	made.image = await addGuestImage(servers());
	await servers().addKey('tests', made.key.publicKey);
	made.group = await servers().addGroup('tests');
	await servers().allow(made.group, {protocol: 'icmp'});
	made.ssh = await servers().allow(made.group, {protocol: 'tcp', port_range_min: 22, port_range_max: 22});
	made.network = (await servers().named('network', 'name=private'))[0]!.id!;

	const started = Date.now();
	const ids = await Promise.all(names.map(async name => createServer(name)));
	await Promise.all(ids.map(async id => servers().settled(id, 'ACTIVE')));
	t.log(`ACTIVE with the import of the image: ${seconds(started)}`);
	const outer = (await servers().named('network', 'name=public'))[0]!.id!;
	for (const [index, name] of names.entries()) {
		const id = ids[index]!;
		const {id: floatingId, address: floating} = await servers().publish((await servers().portOf(id)).id!, outer);
		made.guests.set(name, {id, floating, floatingId, fixed: addressOf((await servers().serverOf(id))!)});
	}

	await Promise.all(names.map(async name => {
		const seen = await inServer(name, 'cloud-init status --wait >/dev/null; hostname; cat /root/from-user-data; ip -brief -4 address show dev eth0; cat /sys/class/net/eth0/address');
		const [hostname, content, address, mac] = seen.split('\n');
		t.is(hostname, name);
		t.is(content, 'as the user wrote it');
		t.true(address!.includes(`${guest(name).fixed}/`), seen);
		t.is(mac, (await servers().portOf(guest(name).id)).mac_address);
	}));
	t.log(`user data applied in all: ${seconds(started)}`);
});

test.serial('they reach each other, their router, the services and the registry, from which docker pulls', async t => {
	if (!await needs(t, all)) {
		return;
	}

	const {address} = await openCloud((await paths()).environment);
	const gateway = (await servers().named('subnet', 'name=private-subnet'))[0]!.gateway_ip!;
	await inServer('one', [guest('two').fixed, guest('three').fixed, gateway].map(other => `ping -c 1 -W 5 ${other}`).join('\n'));
	t.is((await inServer('one', `ssh -i /root/key -o BatchMode=yes -o StrictHostKeyChecking=no debian@${guest('two').fixed} hostname 2>/dev/null`)).trim(), 'two');
	t.true((await inServer('two', 'curl --silent --max-time 10 http://169.254.169.254/openstack/latest/meta_data.json')).includes('"name": "two"'));
	for (const [port, place] of [[5000, '/v3'], [9292, '/'], [8080, '/healthcheck']] as const) {
		t.regex(await inServer('two', `curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' http://${address}:${port}${place}`), /^(?:200|300)$/);
	}

	t.regex(await inServer('two', 'docker info --format "{{.Driver}}"'), /^overlay2/);
	await inServer('two', `docker pull --quiet ${address}:5443/antpickax/k2hdkc-trove:1.0.19`);
	t.regex(await inServer('two', `docker run --rm --network=none --sysctl fs.mqueue.msg_max=136 --entrypoint cat ${address}:5443/antpickax/k2hdkc-trove:1.0.19 /proc/sys/fs/mqueue/msg_max`), /^136/);
});

test.serial('a security group opens a port, and closes it again', async t => {
	if (!await needs(t, all)) {
		return;
	}

	const reached = async (wanted: Reached): Promise<void> => {
		await until(`port 22 is ${wanted}`, async () => await connectFrom(undefined, guest('three').floating, 22) === wanted ? true : undefined, 60);
	};

	await reached('open');
	await servers().forbid(made.ssh!);
	await reached('silence');
	made.ssh = await servers().allow(made.group!, {protocol: 'tcp', port_range_min: 22, port_range_max: 22});
	await reached('open');
	t.is(await connectFrom(undefined, guest('three').floating, 5555), 'silence');
});

test.serial('a volume is kept over a soft and a hard reboot', async t => {
	if (!await needs(t, all)) {
		return;
	}

	made.volume = await servers().addVolume('data', 1);
	await servers().volume(made.volume, 'available');
	await servers().attach(guest('one').id, made.volume);
	await servers().volume(made.volume, 'in-use');
	await inServer('one', 'mkfs.ext4 -q /dev/vdb && mount /dev/vdb /mnt && echo kept > /mnt/file && umount /mnt');
	for (const type of ['SOFT', 'HARD']) {
		const booted = await inServer('one', 'cat /proc/1/stat | cut -d" " -f22');
		await servers().action(guest('one').id, {reboot: {type}});
		await servers().settled(guest('one').id, 'ACTIVE');
		t.is(await inServer('one', 'mount /dev/vdb /mnt && cat /mnt/file && umount /mnt'), 'kept\n', type);
		t.not(await inServer('one', 'cat /proc/1/stat | cut -d" " -f22'), booted, type);
	}
});

test.serial('status, shell and logs know the guests; a wrong name is told which there are', async t => {
	if (!await needs(t, all)) {
		return;
	}

	const {guests} = document<{guests: Array<{name: string; state: string; addresses: string[]; memory: number}>}>(await expect(t, 0, ['status', '--json', ...settings]));
	t.deepEqual(guests.map(({name, state, addresses}) => ({name, state, addresses: addresses.toSorted()})), names.toSorted().map(name => ({name, state: 'ACTIVE', addresses: [guest(name).fixed, guest(name).floating].toSorted()})));
	t.true(guests.every(({memory}) => memory > 2 ** 24), JSON.stringify(guests));
	t.is((await expect(t, 0, ['shell', 'guest:two', ...settings], {input: 'hostname\n'})).stdout.trim(), 'two');
	const logs = document<{console: string; journal: string}>(await expect(t, 0, ['logs', 'guest:two', '--json', ...settings]));
	t.regex(logs.console, /two login:/);
	t.regex(logs.journal, /cloud-init/);
	t.regex((await expect(t, 2, ['shell', 'guest:tow', ...settings])).stderr, /K2D5020[^]*Guests: one, three, two\./);
	const output = await servers().action(guest('two').id, {'os-getConsoleOutput': {length: 50}}) as {output: string};
	// Whatever came last: the prompt, or the host keys that cloud-init shows.
	t.true(logs.console.includes(output.output.trim().split('\n').at(-1)!), output.output);
	t.true(output.output.trim().split('\n').length <= 50);
});

test.serial('a rebuild gives a new root under the old address', async t => {
	if (!await needs(t, all)) {
		return;
	}

	const before = await servers().portOf(guest('three').id);
	await inServer('three', 'touch /root/old');
	await servers().action(guest('three').id, {rebuild: {imageRef: made.image}});
	await servers().settled(guest('three').id, 'ACTIVE');
	t.is(await inServer('three', 'ls /root/old 2>/dev/null || cat /root/from-user-data'), 'as the user wrote it\n');
	t.is((await servers().portOf(guest('three').id)).id, before.id);
});
