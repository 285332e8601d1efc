import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {makeCertificate} from '../../fixtures/certificate.js';
import {makeK2hr3Prefix} from '../../fixtures/k2hr3StandIn/prefix.js';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {connectFrom} from '../support/farHost.js';
import {inside, machineAddress} from '../support/machine.js';
import {openServers, type Servers} from '../support/servers.js';
import {membersOf, registerSlave} from '../support/slave.js';
import {runByKey} from '../support/sshKey.js';
import {document, expect, follow, hostNeeds, paths, run, worked} from '../support/tool.js';

// K2HR3 as a server of the environment. Its programs are stand-ins; the image, the server, its addresses and the proxy are what a user gets.

const made: {directory?: string} = {};

const withSource = (): readonly string[] => ['--set', `sources.k2hr3=directory:${made.directory}`];

const serversOf = async (): Promise<Servers> => openServers(await openCloud((await paths()).environment));

test.before(async () => {
	made.directory = await mkdtemp(path.join(tmpdir(), 'k2hr3-'));
	await makeK2hr3Prefix(made.directory);
});

test.after.always(async () => {
	await rm(made.directory!, {recursive: true, force: true});
});

test.serial('k2hr3 up makes the image, the server, its addresses and the proxy, and tells Trove', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {code, events, stderr, seconds} = await follow(['k2hr3', 'up', ...withSource()], () => undefined);
	t.is(code, 0, stderr);
	t.log(`${seconds.toFixed(1)} s`);
	for (const step of ['images.k2hr3', 'k2hr3.image', 'k2hr3.key', 'k2hr3.place', 'k2hr3.proxy', 'k2hr3.server', 'trove']) {
		t.true(worked(events).includes(step), step);
	}

	t.regex(await inside('cat /etc/trove/trove.conf'), /^k2hr3_url = http:\/\/[\d.]+:18080$\n^k2hr3_guest_url = http:\/\/[\d.]+:18080$/m);
	const {id} = (await (await serversOf()).list()).find(({name}) => name === 'k2hdkc-dbaas-k2hr3')!;
	const files = await inside(`incus exec instance-${id} -- sh -c "cd /etc/k2hr3; stat --format='%a %U %n' *"`);
	t.deepEqual(files.trim().split('\n'), ['api.json', 'app.json', 'server.ini', 'slave.ini'].map(name => `600 k2hr3 ${name}`));
});

test.serial('it takes tokens of Keystone and clusters, from the machine and from its network', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const checked = document<{api: readonly string[]; ring: {server: string; slave: string}}>(await expect(t, 0, ['k2hr3', 'status', '--json', ...withSource()]));
	t.true(checked.api.includes('role'));
	t.regex(checked.ring.server, /^\[SERVICE IN]\[UP]/);
	t.regex(checked.ring.slave, /^\[SLAVE]\[UP]/);
	const registered = document<{project: string}>(await expect(t, 0, ['k2hr3', 'register', 'ring', '--project', 'demo', '--json', ...withSource()]));
	t.is(registered.project, 'demo');
	const status = document<{registered: boolean}>(await expect(t, 0, ['k2hr3', 'status', 'ring', '--project', 'demo', '--json', ...withSource()]));
	t.true(status.registered);
	const [address] = await (await serversOf()).named('floatingip', 'description=k2hdkc-dbaas-k2hr3');
	t.is(await connectFrom(undefined, address!.floating_ip_address!, 18_080), 'open');
	t.is(await connectFrom(undefined, address!.floating_ip_address!, 18_021), 'silence');
});

test.serial('its key opens it to ssh', async t => {
	if (!await needs(t, {...hostNeeds, commands: {...hostNeeds.commands, ssh: 'openssh-client'}})) {
		return;
	}

	const [address] = await (await serversOf()).named('floatingip', 'description=k2hdkc-dbaas-k2hr3');
	const file = path.join((await paths()).environment, 'k2hr3-key');
	t.is((await stat(file)).mode & 0o777, 0o600);
	t.regex(await runByKey(file, address!.floating_ip_address!, 'systemctl is-active k2hr3-api'), /^active$/m);
});

test.serial('a second k2hr3 up finds it in place; its logs are at hand', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {code, events, stderr} = await follow(['k2hr3', 'up', ...withSource()], () => undefined);
	t.is(code, 0, stderr);
	t.deepEqual(worked(events), []);
	t.regex((await expect(t, 0, ['logs', 'k2hr3', ...withSource()])).stdout, /k2hr3-api stand-in at http:/);
});

test.serial('a slave node registers by the user data of k2hr3 slave, and is kept over down and up', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const members = await registerSlave(t, 'ring', withSource());
	const [address] = await (await serversOf()).named('floatingip', 'description=k2hdkc-dbaas-k2hr3');
	t.deepEqual(members.map(member => member.address), [address!.fixed_ip_address]);
	await expect(t, 0, ['down', '--yes', ...withSource()]);
	const {code, events, stderr} = await follow(['up', '--with', 'compute', ...withSource()], () => undefined);
	t.is(code, 0, stderr);
	t.false(worked(events).includes('k2hr3.place'));
	t.deepEqual(await membersOf(t, 'ring', withSource()), members);
});

test.serial('with a certificate access from outside is by TLS; one for another address is refused', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const address = await machineAddress();
	const certify = async (name: string, forAddress: string): Promise<readonly string[]> => {
		const {authority, withKey} = await makeCertificate(made.directory!, name, forAddress);
		return [...withSource(), '--set', `k2hr3.certificateFile=${withKey}`, '--set', `k2hr3.caFile=${authority}`];
	};

	const refused = await run(['k2hr3', 'up', '--yes', ...await certify('wrong', '192.0.2.1')]);
	t.is(refused.code, 1);
	t.true(refused.stderr.includes('K2D7020') && refused.stderr.includes(address), refused.stderr);
	const words = await certify('right', address);
	const {code, events, stderr} = await follow(['k2hr3', 'up', '--yes', ...words], () => undefined);
	t.is(code, 0, stderr);
	t.true(['k2hr3.proxy', 'k2hr3.server', 'trove'].every(step => worked(events).includes(step)));
	t.regex(await inside('cat /etc/trove/trove.conf'), /^k2hr3_url = https:.*\n(?:.*\n)*?k2hr3_ca_file = /m);
	t.is(document<{url: string}>(await expect(t, 0, ['k2hr3', 'status', '--json', ...words])).url, `https://${address}:18080`);
	t.is((await inside('stat --format="%a %U" /etc/k2hdkc-devstack/k2hr3-certificate.pem')).trim(), '600 root');
	t.false((await readFile(path.join((await paths()).environment, 'state.json'), 'utf8')).includes('PRIVATE KEY'));
});

test.serial('k2hr3 down gives everything back, and the next up tells Trove', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['k2hr3', 'down', '--yes', ...withSource()]);
	const servers = await serversOf();
	t.deepEqual((await servers.list()).filter(({name}) => name.includes('k2hr3')), []);
	t.is((await (await openCloud((await paths()).environment)).ask(8774, '/v2.1/os-keypairs/k2hdkc-dbaas-k2hr3')).status, 404);
	for (const [kind, query] of [['port', 'name=k2hdkc-dbaas-k2hr3'], ['floatingip', 'description=k2hdkc-dbaas-k2hr3']] as const) {
		t.deepEqual(await servers.named(kind, query), []);
	}

	t.deepEqual(await servers.groups('k2hdkc-dbaas-k2hr3-secgroup'), []);
	t.deepEqual(await servers.groups('k2hdkc-slave-sec'), []);
	t.is((await inside('systemctl is-active k2hdkc-devstack-k2hr3-proxy || true')).trim(), 'inactive');
	const {code, events, stderr} = await follow(['up', '--with', 'compute'], () => undefined);
	t.is(code, 0, stderr);
	// By itself this file finds parts that K2HR3 does not stand on still to be made.
	t.deepEqual(worked(events).filter(id => id === 'trove' || id.startsWith('k2hr3.')), ['trove']);
	t.notRegex(await inside('cat /etc/trove/trove.conf'), /k2hr3_url/);
});
