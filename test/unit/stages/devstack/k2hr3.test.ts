import test from 'ava';
import {k2hr3UpSteps, ownSteps} from '../../../../scripts/commands/k2hr3System.js';
import type {Config} from '../../../../scripts/config/schema.js';
import {order} from '../../../../scripts/pipeline/graph.js';
import type {OpenstackApi} from '../../../../scripts/openstack/api.js';
import type {Machine} from '../../../../scripts/machines/types.js';
import {devstackPaths} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {devstackK2hr3} from '../../../../scripts/stages/devstack/k2hr3.js';
import {devstackPlace} from '../../../../scripts/stages/devstack/place.js';
import {wantedOf} from '../../../../scripts/stages/devstack/preflight.js';
import {devstackSteps} from '../../../../scripts/stages/devstack/steps.js';
import {k2hr3Command} from '../../../../scripts/stages/k2hr3/client.js';
import {apiConfiguration} from '../../../../scripts/stages/k2hr3/configuration.js';
import {openFacts} from '../../../../scripts/stages/k2hr3/facts.js';
import {devstackConfig} from './samples.js';

const prefix = 'sources.k2hr3=directory:/opt/k2hr3';
const url = 'k2hr3.url=http://192.0.2.1:18080';
const idsOf = (...set: readonly string[]): readonly string[] => devstackSteps(devstackConfig(set)).map(({id}) => id);

const cloudOf = (config: Config, {api = {} as OpenstackApi, host = {} as Machine} = {}) => ({config, k2hr3: devstackK2hr3({config, paths: devstackPaths(config), api, host}, '192.0.2.10')});

test('a server with its image and its proxy where the programs are at hand, one that is there, or none', t => {
	const own = (ids: readonly string[]): readonly string[] => ids.filter(id => /^(?:images\.)?k2hr3/.test(id)).toSorted();
	t.deepEqual(own(idsOf(prefix)), ['images.k2hr3', 'images.k2hr3.base', 'k2hr3.image', 'k2hr3.key', 'k2hr3.packages', 'k2hr3.place', 'k2hr3.proxy', 'k2hr3.server']);
	t.deepEqual(own(idsOf(prefix, url)), ['k2hr3.existing']);
	t.deepEqual(own(idsOf()), []);
	t.deepEqual(own(idsOf(prefix, 'components.compute=false')), []);
});

test('every step has what it stands on: what apt brings before stack.sh, the server after it', t => {
	for (const set of [[], ['components.images=false']]) {
		const steps = devstackSteps(devstackConfig([prefix, ...set]));
		const ids = order(steps).map(({id}) => id);
		t.is(ids.length, steps.length);
		const before = (one: string, other: string): boolean => t.true(ids.indexOf(one) < ids.indexOf(other), `${one}, ${other}`);
		before('k2hr3.packages', 'devstack.stack');
		before('images.tools', 'images.k2hr3');
		before('devstack.services', 'k2hr3.place');
		before('k2hr3.proxy', 'k2hr3.server');
	}
});

test('`k2hr3 up` does its steps and what they stand on, and no other image', t => {
	const ids = k2hr3UpSteps(devstackConfig([prefix]));
	t.deepEqual(['devstack.services', 'devstack.k2hr3', 'images.k2hr3', 'k2hr3.server'].filter(id => !ids.includes(id)), []);
	t.deepEqual(ids.filter(id => /^(?:images\.guest|registry$)/.test(id)), []);
});

test('its addresses are the last ones of the network that DevStack makes first, and of the floating range', t => {
	t.like(devstackPlace(devstackConfig(), '192.0.2.10'), {fixed: '10.0.0.62', floating: '172.24.4.254', machine: '192.0.2.10'});
	t.is(devstackPlace(devstackConfig(['devstack.ranges.private=10.128.4.0/27']), '192.0.2.10').fixed, '10.128.4.30');
});

test('it asks Keystone where Apache has it', t => {
	const facts = {...openFacts(cloudOf(devstackConfig([prefix]))), passphrase: 'a passphrase'};
	t.like(apiConfiguration(facts), {keystone: {eplist: {RegionOne: 'http://192.0.2.10/identity'}}, userdata: {baseuri: 'http://10.0.0.62:18080'}});
});

test('its client runs where Trove does, with the credentials of DevStack', t => {
	const config = devstackConfig([prefix, 'k2hr3.caFile=/etc/ca.pem']);
	const words = k2hr3Command(cloudOf(config), 'status', ['ring'], 'demo')!;
	t.deepEqual(words.filter(word => word.startsWith('OS_')), ['OS_CLIENT_CONFIG_FILE=/etc/openstack/clouds.yaml', 'OS_CLOUD=devstack-admin', 'OS_PROJECT_NAME=demo']);
	t.deepEqual(words.slice(words.indexOf('trove_k2hdkc.k2hr3') + 1), ['status', '--url', 'http://192.0.2.10:18080', '--guest-url', 'http://10.0.0.62:18080', '--ca-file', '/etc/ca.pem', 'ring']);
	t.is(k2hr3Command(cloudOf(devstackConfig()), 'check', []), undefined);
});

const hostKeys = ['-----BEGIN SSH HOST KEY KEYS-----\r', 'ecdsa-sha2-nistp256 AAAAE2Vj= root@k2hr3\r', 'ssh-ed25519 AAAAC3Nz root@k2hr3\r', '-----END SSH HOST KEY KEYS-----\r'];

/** Of a server whose console says that, on a machine that runs commands so. */
const troubled = async (lines: readonly string[], stdout: string) => {
	const written = new Map<string, string>();
	const ran: Array<readonly string[]> = [];
	const api = {url: {compute: 'http://nova'}, request: async () => ({status: 200, headers: new Map(), body: {output: `${lines.join('\n')}\n`}})} as unknown as OpenstackApi;
	const host = {
		async write(file: string, text: string) {
			written.set(file, text);
		},
		async run(argv: readonly string[]) {
			ran.push(argv);
			return {code: 0, stdout, stderr: ''};
		},
	} as unknown as Machine;
	return {...await cloudOf(devstackConfig([prefix]), {api, host}).k2hr3.troubles({id: 'one'}), written, ran};
};

test('a server that nobody can log in to yet is shown by the end of its console', async t => {
	const {units, lines, written} = await troubled(Array.from({length: 40}, (_, line) => `line ${line}`), '');
	t.deepEqual(units, []);
	t.is(lines.length, 20);
	t.is(lines.at(-1), 'line 39');
	t.is(written.size, 0);
});

test('one that has said its host keys is asked by ssh, and by those keys alone', async t => {
	const {units, lines, written, ran} = await troubled(['starting', ...hostKeys], 'Id=k2hr3-api.service\nNRestarts=3\nActiveState=failed\n\nId=k2hr3-slave.service\nNRestarts=0\nActiveState=active\n');
	t.deepEqual(units, ['k2hr3-api.service']);
	t.is(lines[0], 'Id=k2hr3-api.service');
	t.deepEqual([...written], [['/var/lib/k2hdkc-devstack/default/k2hr3-known-hosts', '172.24.4.254 ecdsa-sha2-nistp256 AAAAE2Vj=\n172.24.4.254 ssh-ed25519 AAAAC3Nz\n']]);
	t.true(ran.every(argv => argv[0] === 'ssh' && argv.includes('StrictHostKeyChecking=yes') && argv.at(-2) === 'debian@172.24.4.254'));
	t.regex(ran[1]!.at(-1)!, /^sudo journalctl --no-pager --lines=20 --unit=k2hr3-chmpx /);
});

test('host keys of a server that was are forgotten before another is made', async t => {
	const ran: Array<readonly string[]> = [];
	const host = {
		async run(argv: readonly string[]) {
			ran.push(argv);
		},
	} as unknown as Machine;
	await cloudOf(devstackConfig([prefix]), {host}).k2hr3.forget();
	t.deepEqual(ran, [['rm', '-f', '--', '/var/lib/k2hdkc-devstack/default/k2hr3-known-hosts']]);
});

test('its ports on the machine are asked for only where it is built', t => {
	const portsOf = (...set: readonly string[]): readonly number[] => wantedOf(devstackConfig(set)).ports.map(({port}) => port);
	t.true([18_080, 28_080].every(port => portsOf(prefix).includes(port)));
	t.false(portsOf().includes(18_080));
});

test('`k2hr3 down` gives back the server and what is its own: not the program that DevStack has too, and not what Trove is told', t => {
	const given = ownSteps(devstackConfig([prefix]));
	t.deepEqual(given.filter(id => !/^(?:images\.k2hr3|k2hr3\.(?:image|proxy|key|place|server)$)/.test(id)), []);
	t.true(given.includes('k2hr3.server'));
});
