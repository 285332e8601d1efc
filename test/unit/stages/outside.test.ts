import test from 'ava';
import type {Config} from '../../../scripts/config/schema.js';
import {ancestorsOf} from '../../../scripts/pipeline/graph.js';
import {builtBackup} from '../../../scripts/stages/images/containers/backup.js';
import {baseReaches} from '../../../scripts/stages/images/containers/outside.js';
import {builtDatabase} from '../../../scripts/stages/images/containers/definition.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {load} from '../config/workspace.js';

const configOf = (...set: readonly string[]): Config =>
	load({flags: {set: ['sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian', ...set], with: ['dashboard', 'images']}}).config;

/** What each step asks of the outside; steps that ask nothing are not there. */
const outside = (config: Config): Readonly<Record<string, readonly string[]>> => Object.fromEntries(sandboxSteps(config).flatMap(({id, reaches}) => {
	const asked = reaches?.({config} as SandboxEnv) ?? [];
	return asked.length === 0 ? [] : [[id, asked]];
}));

const mirror = ['the Debian mirror'];

test('these steps reach outside, and no others', t => {
	t.deepEqual(outside(configOf()), {
		'host.packages': ['the mirror of the host\'s own apt'], 'images.tools': ['the mirror of the host\'s own apt'],
		'sandbox.root': mirror, 'dashboard.download': mirror, 'registry.download': mirror,
		'images.guest.base': mirror, 'images.guest.sources': ['the Python package index'], 'images.containers.base': mirror, 'images.backup.python': mirror,
	});
});

test('the source of Trove and the wheels of the suite decide whom the guest asks', t => {
	const asked = (...set: readonly string[]) => outside(configOf(...set))['images.guest.sources'];
	t.is(asked('sources.trove={"2025.1": "directory:/src/trove"}'), undefined);
	t.deepEqual(asked('sources.trove={"2025.1": "directory:/src/trove"}', 'images.guest.suite=bookworm'), ['the Python package index']);
	t.deepEqual(asked('images.guest.suite=bookworm'), ['the Python package index']);
	t.deepEqual(outside(configOf('images.guest.suite=noble', 'sources.ubuntu.mirror=http://mirror.example.org/ubuntu'))['images.guest.base'], ['the Ubuntu mirror']);
});

test('no step that fetches stands on the running machine: fetch needs no environment', t => {
	const config = configOf();
	const steps = sandboxSteps(config);
	const standing = Object.keys(outside(config)).filter(id => ancestorsOf(id, steps).has('sandbox.machine'));
	t.deepEqual(standing, []);
});

const builds: ReadonlyArray<readonly [readonly string[], readonly string[], readonly string[]]> = [
	[[], ['the Debian mirror'], []],
	[['images.database.extraPackages=nodejs'], ['the Debian mirror'], []],
	[['images.database.hooks=true'], ['the Debian mirror'], ['whatever the hooks ask for']],
	[['images.database.variant=alpine'], ['the registry of docker.io/library/alpine:3.22'], ['the packages of alpine']],
	[['sources.k2hdkc=image:registry.example.com/k2hdkc:1', 'images.database.variant=alpine'], ['the registry of registry.example.com/k2hdkc:1'], ['the packages of alpine']],
];
for (const [set, base, image] of builds) {
	test(`a database image with ${set.join(' ') || 'nothing else'} asks ${[...base, ...image].join(', ')}`, t => {
		const {layer, reaches} = builtDatabase(configOf(...set))!;
		t.deepEqual(baseReaches(layer), base);
		t.deepEqual(reaches, image);
	});
}

const backups: ReadonlyArray<readonly [readonly string[], readonly string[]]> = [
	[[], []],
	[['images.database.variant=alpine'], ['the packages of alpine', 'the Python package index']],
	[['sources.baseImages.debian=docker.io/library/debian:13'], ['the packages of debian']],
	[['images.backup.extraPackages=[jq]'], []],
	[['images.backup.hooks=["true"]'], ['whatever the hooks ask for']],
];
for (const [set, reaches] of backups) {
	test(`a backup image with ${set.join(' ') || 'nothing else'} asks ${reaches.join(', ') || 'nobody'}`, t => {
		t.deepEqual(builtBackup(configOf(...set))!.reaches, reaches);
	});
}

test('ready images ask their registries', t => {
	const from = `registry.example.com/k2hdkc-trove@sha256:${'0a'.repeat(32)}`;
	t.like(outside(configOf(`images.database.from=${from}`)), {'images.database': [`the registry of ${from}`], 'images.containers.base': undefined});
});
