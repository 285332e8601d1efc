import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {guestNames} from '../../../scripts/stages/images/definition.js';
import {imageFacts} from '../../../scripts/stages/images/facts.js';
import {guestFileName} from '../../../scripts/stages/images/guestFile.js';
import type {CloudEnv, RegistryEnv} from '../../../scripts/stages/imageEnv.js';
import {load} from '../config/workspace.js';

const work = mkdtempSync(path.join(tmpdir(), 'k2hdkc-facts-'));
test.after.always(() => {
	rmSync(work, {recursive: true, force: true});
});
const disk = path.join(work, 'elsewhere.qcow2');
writeFileSync(disk, 'x'.repeat(1024));

const built = load({flags: {set: ['components.images=true']}}).config;
const elsewhere = load({flags: {set: ['components.images=true', `images.guest.file=${disk}`]}}).config;
const [builtName, fileName] = [guestNames({config: built, proxyAuthority: undefined}).image, guestFileName(elsewhere)];

const manifest = (file: string): string => JSON.stringify({name: 'x', made: '2026-11-24T00:00:00Z', files: [{file, bytes: 100, sha256: 'f00d'}]});
const stored = `/images/${builtName}/manifest.json`;
const storedFile = `/images/${fileName}/manifest.json`;

type World = {readonly config: CloudEnv['config']; readonly files: Readonly<Record<string, string>>; /** Directories of the store. */ readonly others?: readonly string[]; /** Origins of the images in Glance; undefined when it does not answer. */ readonly glance?: readonly string[]};

const guestIn = async ({config, files, others = [], glance}: World) => {
	const host = {
		read: async (file: string) => files[file],
		async run(argv: readonly string[]) {
			const [prefix = ''] = argv[argv.indexOf('-name') + 1]!.split('*');
			return {stdout: others.filter(name => name.startsWith(prefix)).map(name => `/images/${name}\n`).join('')};
		},
	};
	const request = async () => {
		if (glance === undefined) {
			throw new ToolError('K2D2301', 'nobody listens');
		}

		return {body: {images: glance.map((origin, index) => ({id: `image-${index}`, name: 'x', status: 'active', size: 100, tags: [], k2hdkc_devstack_origin: origin}))}};
	};

	const [guest] = await imageFacts({config, host, api: {request, url: {image: 'http://glance/v2'}}, serverDisk: {file: 'root.tar', format: 'raw'}, paths: {images: '/images', environment: '/state/test'}} as unknown as CloudEnv & RegistryEnv);
	return guest!;
};

const booted = '2026-11-24T00:01:00Z\n';
const old = `guest-image-${'0'.repeat(16)}`;

const worlds: ReadonlyArray<readonly [what: string, world: World, facts: Readonly<Record<string, unknown>>]> = [
	['nothing was built', {config: built, files: {}}, {name: 'k2hdkc-guest-2025.1-trixie', state: 'not built', registered: '-', inputs: builtName.slice(-16)}],
	['it was built of other inputs', {config: built, files: {}, others: [old]}, {state: `out of date: what is there was made from other inputs (/images/${old})`}],
	['it was built, and has not booted', {config: built, files: {[stored]: manifest('root.tar')}, glance: []}, {state: 'not in use: it has not passed its check', registered: 'not in Glance', digest: 'sha256:f00d'}],
	['it booted', {config: built, files: {[stored]: manifest('root.tar'), [`/images/${builtName}/booted`]: booted}}, {state: 'up to date', registered: 'not known: Glance does not answer'}],
	['it is in Glance', {config: built, files: {[stored]: manifest('root.tar'), [`/images/${builtName}/booted`]: booted}, glance: [old, builtName]}, {state: 'up to date', registered: 'Glance image-1'}],
	['one of a file was registered', {config: built, files: {[stored]: manifest('root.tar'), [storedFile]: manifest('disk.qcow2'), '/state/test/guest-file': `${fileName}\n`}, glance: [fileName, builtName]}, {registered: `Glance image-0, from ${fileName}`}],
	['the configuration names a file that was not taken yet', {config: elsewhere, files: {[stored]: manifest('root.tar')}, others: [builtName]}, {name: 'elsewhere', state: 'not built', directory: `/images/${fileName}`}],
	['the configuration names a file', {config: elsewhere, files: {[storedFile]: manifest('disk.qcow2'), [`/images/${fileName}/booted`]: booted}, glance: [builtName, fileName]}, {name: 'elsewhere', state: 'up to date', registered: 'Glance image-1', inputs: fileName.slice(-16)}],
];
const k2hr3 = load({flags: {set: ['components.images=true', 'sources.k2hr3=directory:/opt/k2hr3']}}).config;

test('the image of K2HR3 is listed where the configuration says what it is made from', async t => {
	const imagesOf = async (config: CloudEnv['config']) => imageFacts({
		config, host: {read: async () => undefined, run: async () => ({stdout: ''})}, serverDisk: {file: 'root.tar', format: 'raw'}, paths: {images: '/images', environment: '/state/test'},
	} as unknown as CloudEnv & RegistryEnv);
	t.deepEqual((await imagesOf(built)).map(({image}) => image), ['guest', 'database', 'backup']);
	t.like((await imagesOf(k2hr3)).at(-1), {image: 'k2hr3', name: 'k2hdkc-dbaas-k2hr3', state: 'not built', registered: '-'});
});

for (const [what, world, facts] of worlds) {
	test(`facts of the guest image: ${what}`, async t => {
		t.like(await guestIn(world), facts);
	});
}
