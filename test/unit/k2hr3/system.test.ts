import test from 'ava';
import {parse} from 'yaml';
import {chooseK2hr3} from '../../../scripts/config/k2hr3Source.js';
import {k2hr3Guest, k2hr3UpSteps} from '../../../scripts/commands/k2hr3System.js';
import {order} from '../../../scripts/pipeline/graph.js';
import {hashInputs} from '../../../scripts/pipeline/hash.js';
import {chooseAddresses} from '../../../scripts/stages/addresses.js';
import {apiConfiguration, appConfiguration, k2hr3UserData, ringConfiguration} from '../../../scripts/stages/k2hr3/configuration.js';
import {imageInputs, k2hr3Directories} from '../../../scripts/stages/k2hr3/definition.js';
import {k2hr3Existing} from '../../../scripts/stages/k2hr3/existing.js';
import {k2hr3Address} from '../../../scripts/stages/k2hr3/facts.js';
import {sandboxK2hr3} from '../../../scripts/stages/k2hr3/sandbox.js';
import {prefixOf} from '../../../scripts/stages/k2hr3/prefix.js';
import type {StepContext} from '../../../scripts/pipeline/types.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import {load, refusal} from '../config/workspace.js';

const configOf = (...set: readonly string[]) => load({flags: {set: [...set]}}).config;
const prefix = 'sources.k2hr3=directory:/opt/k2hr3';
const compute = 'components.compute=true';
const url = 'k2hr3.url=http://192.0.2.1:18080';
const addresses = {current: chooseAddresses({pool: ['10.213.0.0/16'], management: 'auto', private: 'auto', public: 'auto'}, [])};
const facts = {address: '10.213.1.254', hostName: 'k2hr3', machine: '10.213.0.2', identity: 'http://10.213.0.2:18500/identity', scheme: 'http', ports: {api: 18_080, app: 28_080, identity: 18_500}, region: 'RegionOne', passphrase: 'a passphrase'} as const;

for (const [set, kind, last] of [
	[[], 'leftOut', undefined],
	[[compute], 'leftOut', undefined],
	[[prefix], 'leftOut', undefined],
	[[prefix, compute], 'built', 'k2hr3.server'],
	[[prefix, compute, url], 'existing', 'k2hr3.existing'],
	[[url], 'existing', 'k2hr3.existing'],
] as const) {
	test(`K2HR3 is ${kind} with ${set.join(' ') || 'nothing set'}`, t => {
		const config = configOf(...set);
		t.is(chooseK2hr3(config).kind, kind);
		t.is(sandboxSteps(config).findLast(({id}) => id.includes('k2hr3'))?.id, last);
		t.is(sandboxSteps(config).some(({id}) => id === 'images.store'), kind === 'built');
	});
}

const cloudOf = (config: ReturnType<typeof configOf>) => ({config, k2hr3: sandboxK2hr3({config, addresses, machineName: 'k2hdkc-default'} as unknown as SandboxEnv)});

/** Of what the step looks at. */
const existing = (answer: unknown) => ({
	env: {...cloudOf(configOf(url)), machine: {run: async () => ({code: 0, stdout: JSON.stringify(answer), stderr: ''})}},
	signal: new AbortController().signal, progress: {say: () => undefined},
}) as unknown as StepContext<SandboxEnv>;

test('one that is there is in place when it takes a token of this cloud', async t => {
	t.deepEqual(await k2hr3Existing.probe(existing({url: 'http://192.0.2.1:18080', project: 'admin', versions: ['v1'], api: ['/v1']})), {
		state: 'present', evidence: 'K2HR3 at http://192.0.2.1:18080 answers and takes a token of project admin',
	});
});

test('one that is away, or takes no tokens, ends `up` with its own code', async t => {
	for (const [kind, code] of [['away', 'K2D7002'], ['denied', 'K2D7005']] as const) {
		const context = existing({error: {kind, message: 'it does not'}});
		t.deepEqual(await k2hr3Existing.probe(context), {state: 'broken', evidence: 'it does not'});
		await t.throwsAsync(k2hr3Existing.apply(context), {code});
	}
});

test('what is missing for it is said', t => {
	const why = (...set: readonly string[]): string => (chooseK2hr3(configOf(...set)) as {readonly why: string}).why;
	t.regex(why(compute), /sources\.k2hr3/);
	t.regex(why(prefix), /--with compute/);
});

for (const [set, message, ...more] of [
	['sources.k2hr3=/opt/k2hr3', /must be null or "directory:\/PATH", "image:REGISTRY\/NAME@sha256:…" with all 64 digits, or "npm"/],
	['sources.k2hr3=imgae:registry.example/k2hr3', /^--set sources\.k2hr3: sources\.k2hr3 must be null or .*not "imgae:/],
	['sources.k2hr3=image:registry.example/k2hr3:1', /with all 64 digits, .*not "image:registry\.example\/k2hr3:1"/],
	['sources.k2hr3=npm:k2hr3-api@1.0', /must be null or .*not "npm:k2hr3-api@1\.0"/],
	['sources.k2hr3=npm', /can be npm only with CHMPX and K2HDKC at hand: set sources\.k2hdkc to packages:NAME=VERSION,… or directory:\/PATH/],
	['sources.k2hr3=npm', /can be npm only with/, 'sources.k2hdkc=image:registry.example/k2hdkc:1'],
	['sources.k2hr3=npm', /needs an entry "deb ADDRESS SUITE COMPONENT" for K2HR3 by npm/, 'sources.k2hdkc=packages:k2hdkc=1.0.19', 'images.database.variant=alpine'],
	['k2hr3.flavor=none', /must be one of the names in openstack\.flavors, not "none"/, prefix],
	['k2hr3.ports.app=18080', /has the port 18080 twice/],
	['k2hr3.ports.api=80', /1024/],
] as const) {
	test(`refused: ${[set, ...more].join(' ')}`, t => {
		t.regex(refusal({flags: {set: [set, ...more]}})!.message, message);
	});
}

test('Trove and instances find it at addresses that are known before it is there', t => {
	t.deepEqual(k2hr3Address(cloudOf(configOf(prefix, compute))), {url: 'http://10.213.0.2:18080', guestUrl: 'http://10.213.1.254:18080', caFile: null});
	t.is(k2hr3Address(cloudOf(configOf(prefix, compute, 'k2hr3.ports.api=8443'))).guestUrl, 'http://10.213.1.254:8443');
	t.like(k2hr3Address(cloudOf(configOf(prefix, compute, url))), {url: 'http://192.0.2.1:18080', guestUrl: null});
	t.is(k2hr3Address(cloudOf(configOf(compute))).url, null);
	// Instances ask the server itself, which has no certificate.
	t.deepEqual(k2hr3Address(cloudOf(configOf(prefix, compute, 'k2hr3.certificateFile=/etc/k2hr3.pem', 'k2hr3.caFile=/etc/ca.pem'))), {url: 'https://10.213.0.2:18080', guestUrl: 'http://10.213.1.254:18080', caFile: '/etc/ca.pem'});
});

test('`k2hr3 up` does the steps of the system, what they stand on, and Trove', t => {
	const config = configOf(prefix, compute, 'components.dashboard=true', 'components.images=true');
	const ids = k2hr3UpSteps(config);
	const ordered = order(sandboxSteps(config)).map(({id}) => id);
	for (const id of ['sandbox.machine', 'images.store', 'images.k2hr3', 'compute.host', 'k2hr3.proxy', 'k2hr3.server', 'trove']) {
		t.true(ids.includes(id), id);
		t.true(ordered.indexOf(id) <= ordered.indexOf('k2hr3.server'), `${id} is not after the server`);
	}

	t.deepEqual(ids.filter(id => /^(?:dashboard|images\.guest|swift|cinder)/.test(id)), []);
});

test('logs of a K2HR3 that is not built here are not here', t => {
	t.is(k2hr3Guest(configOf(prefix, compute)), 'k2hdkc-dbaas-k2hr3');
	t.throws(() => k2hr3Guest(configOf(prefix, compute, url)), {code: 'K2D7016', message: /http:\/\/192\.0\.2\.1:18080/});
	t.throws(() => k2hr3Guest(configOf()), {code: 'K2D7016', message: /sources\.k2hr3/});
});

const image = (digit: string): string => `sources.k2hr3=image:registry.example:5000/team/k2hr3@sha256:${digit.repeat(64)}`;

test('the programs of a container image are brought before the image of the server is made; with other ones it is another image', t => {
	const config = configOf(image('a'), compute);
	const ids = k2hr3UpSteps(config);
	t.true(ids.includes('images.k2hr3.prefix') && ids.includes('images.tools'));
	const step = sandboxSteps(config).find(({id}) => id === 'images.k2hr3')!;
	t.deepEqual(step.needs, ['images.k2hr3.base', 'images.tools', 'images.k2hr3.prefix']);
	const prefixes = ['a', 'b'].map(digit => prefixOf({config: configOf(image(digit)), paths: {images: '/cache'}}));
	t.not(prefixes[0], prefixes[1]);
	t.regex(prefixes[0]!, /^\/cache\/k2hr3-prefix-[\da-f]{16}$/);
	t.is(prefixOf({config: configOf(prefix), paths: {images: '/cache'}}), '/opt/k2hr3');
	const images = ['a', 'b'].map(digit => k2hr3Directories({config: configOf(image(digit)), paths: {images: '/cache'}}).image);
	t.not(images[0], images[1]);
});

test('the prefix in the store bears the hash by which a state knows it', t => {
	const config = configOf(image('a'), compute);
	const step = sandboxSteps(config).find(({id}) => id === 'images.k2hr3.prefix')!;
	t.true(prefixOf({config, paths: {images: '/cache'}}).endsWith(hashInputs(step.inputs({config} as unknown as SandboxEnv)).slice(0, 16)));
});

test('another prefix is another image over the same root', t => {
	const directories = (...set: readonly string[]) => k2hr3Directories({config: configOf(compute, ...set), paths: {images: '/cache'}});
	const [one, other] = [directories(prefix), directories('sources.k2hr3=directory:/opt/other')];
	t.is(one.base, other.base);
	t.not(one.image, other.image);
	t.regex(one.image, /^\/cache\/k2hr3-image-[\da-f]{16}$/);
	t.deepEqual(imageInputs(configOf(prefix, compute)), imageInputs(configOf(prefix, compute, 'k2hr3.ports.api=8443')));
});

const section = (text: string, name: string): Readonly<Record<string, string>> => {
	const [, body = ''] = new RegExp(String.raw`\[${name}\]\n((?:.+\n)*)`).exec(text) ?? [];
	return Object.fromEntries(body.trim().split('\n').map(line => line.split(' = ') as [string, string]));
};

test('the ring: a server and a slave that agree about everything but themselves', t => {
	const [server, slave] = [ringConfiguration('server', facts), ringConfiguration('slave', facts)];
	t.like(section(server, 'GLOBAL'), {MODE: 'SERVER', PORT: '18020', CTLPORT: '18021', SELFCTLPORT: '18021'});
	t.like(section(slave, 'GLOBAL'), {MODE: 'SLAVE', CTLPORT: '18031', SELFCTLPORT: '18031'});
	t.is(section(slave, 'GLOBAL').PORT, undefined);
	for (const name of ['SVRNODE', 'SLVNODE', 'K2HDKC']) {
		t.deepEqual(section(server, name), section(slave, name));
	}

	t.like(section(server, 'SVRNODE'), {NAME: 'k2hr3', PORT: '18020', CTLPORT: '18021'});
	const {MAXMQSERVER, MAXMQCLIENT} = section(server, 'GLOBAL');
	t.true(Number(MAXMQSERVER) + Number(MAXMQCLIENT) <= 10, 'more queues than a kernel gives an ordinary user by default');
});

test('the API asks Keystone under a path, knows the ring, and hands out the script of Trove\'s nodes', t => {
	t.like(apiConfiguration(facts), {
		keystone: {type: 'openstackapiv3', eptype: 'list', eplist: {RegionOne: 'http://10.213.0.2:18500/identity'}},
		k2hdkc: {config: '/etc/k2hr3/slave.ini', port: 18_031},
		scheme: 'http', port: 18_080, multiproc: false,
		userdata: {passphrase: 'a passphrase', baseuri: 'http://10.213.1.254:18080'},
		extdata: {trove: {baseuri: 'http://10.213.1.254:18080', useragent: 'extdata_k2hr3_trove'}},
	});
});

test('the web application sends browsers to the API from outside', t => {
	t.like(appConfiguration(facts), {port: 28_080, apischeme: 'http', apihost: '10.213.0.2', apiport: 18_080});
});

test('user data: every file for the programs alone', t => {
	const text = k2hr3UserData(facts);
	t.true(text.startsWith('#cloud-config\n'));
	const {write_files: [hosts, ...files]} = parse(text) as {
		readonly write_files: ReadonlyArray<{readonly append?: boolean; readonly path: string; readonly owner: string; readonly permissions: string; readonly content: string}>;
	};
	t.deepEqual(hosts, {path: '/etc/hosts', append: true, content: '10.213.1.254\tk2hr3\n'});
	t.deepEqual(files.map(({path, owner, permissions}) => [path, owner, permissions]), ['server.ini', 'slave.ini', 'api.json', 'app.json'].map(name => [`/etc/k2hr3/${name}`, 'k2hr3:k2hr3', '0600']));
	t.is(files[0]!.content, ringConfiguration('server', facts));
	t.deepEqual(JSON.parse(files[2]!.content), apiConfiguration(facts));
});
