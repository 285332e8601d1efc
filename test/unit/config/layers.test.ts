import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {stagesIn} from '../../../scripts/config/components.js';
import {profileNames} from '../../../scripts/config/profiles.js';
import {releases} from '../../../scripts/config/schema.js';
import {packageRoot} from '../../../scripts/packageRoot.js';
import {inDirectory, load, type Situation} from './workspace.js';

const confDir = path.join(packageRoot, 'conf');

test('without anything said, the defaults hold', t => {
	const {config, reason, origins} = load();
	t.is(reason, 'Profile sandbox, because no other was named.');
	t.is(config.profile, 'sandbox');
	t.is(config.release, '2025.1');
	t.is(config.name, 'default');
	t.deepEqual(origins.get('profile'), {layer: 'default', place: 'no other was named'});
	t.deepEqual(origins.get('sandbox.suite'), {layer: 'release', place: 'conf/releases/2025.1.yaml:3:10'});
	t.is(origins.get('release')?.layer, 'profile');
	t.is(origins.get('name')?.layer, 'default');
});

test('flavors are named and sized as those of DevStack', t => {
	const {openstack} = load().config;
	t.deepEqual(openstack.flavors.map(({name, id, ramMiB, vcpus, diskGiB}) => `${name} ${id} ${ramMiB} ${vcpus} ${diskGiB}`), [
		'm1.nano 42 192 1 1', 'm1.micro 84 256 1 1', 'cirros256 c1 256 1 1', 'ds512M d1 512 1 5', 'ds1G d2 1024 1 10', 'ds2G d3 2048 2 10', 'ds4G d4 4096 4 20',
		'm1.tiny 1 512 1 1', 'm1.small 2 2048 1 20', 'm1.medium 3 4096 2 40', 'm1.large 4 8192 4 80', 'm1.xlarge 5 16384 8 160',
	]);
});

test('every profile that comes with the tool and every release it offers loads', t => {
	const names = profileNames(confDir);
	t.true(names.includes('sandbox'));
	for (const profile of names) {
		for (const release of load({profile}).config.offers.releases) {
			t.is(load({profile, flags: {release}}).config.release, release);
		}
	}
});

test('every release file belongs to a known release and is applied', t => {
	for (const file of readdirSync(path.join(confDir, 'releases'))) {
		const release = file.slice(0, -'.yaml'.length);
		const facts = parse(readFileSync(path.join(confDir, 'releases', file), 'utf8')) as {sandbox: {suite: string}};
		t.true((releases as readonly string[]).includes(release), file);
		t.is(load({flags: {release}, files: {'k2hdkc-devstack.yaml': `offers: {releases: ["${release}"]}\n`}}).config.sandbox.suite, facts.sandbox.suite);
	}
});

/** Each layer says a value of its own; the strongest that is present must win. */
const strata: ReadonlyArray<readonly [layer: string, place: string, situation: (value: string) => Situation]> = [
	['profile', 'p.yaml:1:21', value => ({profile: './p.yaml', files: {'p.yaml': `openstack: {region: ${value}}\n`}})],
	['file', 'k2hdkc-devstack.yaml:2:11', value => ({files: {'k2hdkc-devstack.yaml': `openstack:\n  region: ${value}\n`}})],
	['.env', '.env:1:1', value => ({files: {'.env': `K2HDKC_DEVSTACK__OPENSTACK__REGION=${value}\n`}})],
	['environment', 'K2HDKC_DEVSTACK__openstack__Region', value => ({env: {K2HDKC_DEVSTACK__openstack__Region: value}})],
	['flag', '--set openstack.region', value => ({flags: {set: [`openstack.region=${value}`]}})],
];

test('a stronger layer wins, and the origin says which', t => {
	let situation: Situation = {};
	for (const [layer, place, make] of strata) {
		const added = make(`from-${layer.replace('.', '')}`);
		situation = {...situation, ...added, files: {...situation.files, ...added.files}};
		const {config, origins} = load(situation);
		t.is(config.openstack.region, `from-${layer.replace('.', '')}`);
		t.deepEqual(origins.get('openstack.region'), {layer, place});
	}
});

test('maps merge, lists replace, the last --set wins', t => {
	const {config} = load({
		files: {'k2hdkc-devstack.yaml': 'sandbox: {minimum: {memoryMiB: 1}, addressPool: [10.5.0.0/16]}\ndatastore: {options: {cluster_support: false}}\ntrove: {conf: {DEFAULT: {a: [1, b]}}}\nproxy:\n'},
		flags: {set: ['sandbox.workers=2', 'sandbox.workers=3']},
	});
	t.deepEqual(config.sandbox.minimum, {memoryMiB: 1, diskMiB: 8192});
	t.deepEqual(config.sandbox.addressPool, ['10.5.0.0/16']);
	t.false(config.datastore.options.cluster_support);
	t.is(config.datastore.options.docker_image, 'docker.io/antpickax/k2hdkc-trove');
	t.deepEqual(config.trove.conf.DEFAULT?.a, [1, 'b']);
	t.deepEqual(config.proxy.no, []);
	t.is(config.sandbox.workers, 3);
});

test('text becomes what the key wants', t => {
	const value = (assignment: string): unknown => {
		const {config} = load({flags: {set: [assignment]}});
		let found: unknown = config;
		for (const key of [...assignment.slice(0, assignment.indexOf('=')).matchAll(/"([^"]*)"|[^."]+/g)].map(match => match[1] ?? match[0])) {
			found = (found as Record<string, unknown>)[key];
		}

		return found;
	};

	t.is(value('sandbox.workers=3'), 3);
	t.is(value('timeouts.scale=0.5'), 0.5);
	t.is(value('openstack.quotas.cores=-1'), -1);
	t.true(value('components.dashboard=TRUE'));
	t.deepEqual(value('proxy.no=a, b'), ['a', 'b']);
	t.deepEqual(value('proxy.no='), []);
	t.deepEqual(value('proxy.no=[a, "b,c"]'), ['a', 'b,c']);
	t.is(value('ssh.identityFile=null'), null);
	t.is(value('ssh.identityFile='), null);
	t.is(value('ssh.identityFile=~/.ssh/id=x'), '~/.ssh/id=x');
	t.is(value('openstack.region=[x]'), '[x]');
	t.is(value('datastore.options.cluster_support=true'), 'true');
	t.deepEqual(value('datastore.options.tcp_ports=[98020, 98021]'), [98_020, 98_021]);
	t.is(value('sources.trove."2025.1"=directory:/src/trove'), 'directory:/src/trove');
	t.deepEqual(value('proxy={http: "http://p:1"}'), {http: 'http://p:1', https: null, no: [], caFile: null});
});

test('a path may be written without regard to case, -, _ and .', t => {
	for (const name of ['SANDBOX__MINIMUM__MEMORY_MIB', 'sandbox__minimum__memoryMiB', 'Sandbox__Minimum__MemoryMib']) {
		t.is(load({env: {[`K2HDKC_DEVSTACK__${name}`]: '7'}}).config.sandbox.minimum.memoryMiB, 7);
	}

	t.is(load({env: {K2HDKC_DEVSTACK__SOURCES__TROVE__2025_1: 'pypi:1.0'}}).config.sources.trove['2025.1'], 'pypi:1.0');
	t.is(load({flags: {set: ['sources.trove.2025.1=pypi:1.0']}}).config.sources.trove['2025.1'], 'pypi:1.0');
	t.is(load({env: {K2HDKC_DEVSTACK__TROVE__CONF__DEFAULT__use_syslog: 'true'}}).config.trove.conf.DEFAULT?.use_syslog, 'true');
});

test('.env is read as dotenv reads it, and other variables do not matter', t => {
	const text = [
		'\uFEFF# comment', '', 'OTHER=1', 'K2HDKC_DEVSTACK_SINGLE=1',
		'K2HDKC_DEVSTACK__OPENSTACK__REGION="two # words" # comment',
		'TEXT="several', 'lines with \\" inside"',
		'export K2HDKC_DEVSTACK__NAME=mine', '',
	].join('\r\n');
	const {config, origins} = load({files: {'.env': text}, env: {K2HDKC_DEVSTACK_DEBUG: '1', PATH: '/bin'}});
	t.is(config.openstack.region, 'two # words');
	t.is(config.name, 'mine');
	t.is(origins.get('name')?.place, '.env:8:1');
});

test('comments only, and keys with nothing below, say nothing', t => {
	t.is(load({files: {'k2hdkc-devstack.yaml': '# later\n', '.env': ''}}).config.name, 'default');
	t.is(load({files: {'k2hdkc-devstack.yaml': 'sandbox:\n  # workers: 2\n'}}).config.sandbox.workers, 1);
});

test('who names the profile: command line, environment, .env, file', t => {
	const file = {'k2hdkc-devstack.yaml': 'profile: ci\n', 'p.yaml': 'extends: ci\nname: p\n'};
	const env = {K2HDKC_DEVSTACK__PROFILE: './p.yaml'};
	const cases: ReadonlyArray<readonly [Situation, string, string]> = [
		[{files: file}, 'ci', 'Profile ci, named by k2hdkc-devstack.yaml:1:10.'],
		[{files: {...file, '.env': 'K2HDKC_DEVSTACK__PROFILE=sandbox\n'}}, 'sandbox', 'Profile sandbox, named by .env:1:1.'],
		[{files: {...file, '.env': 'K2HDKC_DEVSTACK__PROFILE=sandbox\n'}, env}, './p.yaml', 'Profile ./p.yaml, named by K2HDKC_DEVSTACK__PROFILE.'],
		[{files: file, env, flags: {profile: 'sandbox'}}, 'sandbox', 'Profile sandbox, named on the command line.'],
		[{files: file, env, profile: 'sandbox'}, 'sandbox', 'Profile sandbox, named on the command line.'],
		[{files: file, profile: 'p.yaml', flags: {profile: './p.yaml'}}, 'p.yaml', 'Profile p.yaml, named on the command line.'],
	];
	for (const [situation, profile, reason] of cases) {
		const loaded = load(situation);
		t.is(loaded.config.profile, profile);
		t.is(loaded.reason, reason);
	}
});

test('a profile file extends others, each path relative to its own file', t => {
	const {config, origins} = load({
		profile: 'profiles/mine.yaml',
		files: {
			'profiles/mine.yaml': 'extends: base/common.yaml\nopenstack: {region: Mine}\n',
			'profiles/base/common.yaml': 'extends: ci\nname: common\nopenstack: {region: Common, availabilityZone: az}\n',
		},
	});
	t.is(config.openstack.region, 'Mine');
	t.is(config.openstack.availabilityZone, 'az');
	t.is(config.name, 'common');
	t.is(config.timeouts.scale, 3);
	t.is(origins.get('openstack.availabilityZone')?.place, 'profiles/base/common.yaml:3:47');
	t.is(origins.get('timeouts.scale')?.place, 'conf/profiles/ci.yaml:4:10');
});

test('a profile outside the working directory is shown in full', t => {
	inDirectory({'p.yaml': 'name: far\n'}, directory => {
		const file = path.join(directory, 'p.yaml');
		const {config, origins} = load({flags: {profile: file}});
		t.is(config.name, 'far');
		t.is(origins.get('name')?.place, `${file}:1:7`);
	});
});

test('flags of their own and components', t => {
	const {config, origins} = load({flags: {release: '2025.1', name: 'other', machine: 'ssh://root@[2001:db8::1]:2222', with: ['dashboard', 'smoke'], without: ['swift', 'k2hr3']}});
	t.is(config.name, 'other');
	t.is(config.machine, 'ssh://root@[2001:db8::1]:2222');
	t.deepEqual(config.components, {dashboard: true, swift: false, cinder: true, compute: false, images: false});
	t.deepEqual(origins.get('components.swift'), {layer: 'flag', place: '--without swift'});
	t.deepEqual(origins.get('name'), {layer: 'flag', place: '--name'});
	t.deepEqual(stagesIn(['dashboard', 'smoke']), ['smoke']);
});
