import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import type {StepContext} from '../../../scripts/pipeline/types.js';
import {guestNames} from '../../../scripts/stages/images/definition.js';
import {guestFileName} from '../../../scripts/stages/images/guestFile.js';
import {forgetGuestFile, guestRegistrationStep} from '../../../scripts/stages/images/register.js';
import type {CloudEnv} from '../../../scripts/stages/imageEnv.js';
import {load} from '../config/workspace.js';

type Image = {id: string; name: string; status: string; size: number; tags: string[]; disk_format?: string; hw_rng_model?: string; os_distro?: string};

const work = mkdtempSync(path.join(tmpdir(), 'k2hdkc-registration-'));
test.after.always(() => {
	rmSync(work, {recursive: true, force: true});
});
const disk = path.join(work, 'elsewhere.qcow2');
writeFileSync(disk, 'x'.repeat(1024));

const configOf = (...set: readonly string[]) => load({flags: {set: ['components.images=true', ...set]}}).config;
const built = configOf();
const elsewhere = configOf(`images.guest.file=${disk}`);
const builtName = guestNames({config: built, proxyAuthority: undefined}).image;

const manifest = (name: string, file: string, bytes: number): string => JSON.stringify({name, made: '2026-11-24T00:00:00Z', files: [{file, bytes, sha256: ''}]});

const root: CloudEnv['serverDisk'] = {file: 'root.tar', format: 'raw'};

/** A host with a store and a Glance; both go on from one call to the next. */
const createWorld = () => {
	const files = new Map([
		[`/images/${builtName}/manifest.json`, manifest('built', 'root.tar', 100)],
		[`/images/${guestFileName(elsewhere)}/manifest.json`, manifest('elsewhere', 'disk.qcow2', 200)],
	]);
	const glance: Image[] = [];
	const host = {
		read: async (file: string) => files.get(file),
		async write(file: string, text: string) {
			files.set(file, text);
		},
		async run(argv: readonly string[]) {
			files.delete(argv.at(-1)!);
		},
	};
	const request = async ({method = 'GET', url, body}: {method?: string; url: string; body?: unknown}) => {
		const image = glance.find(({id}) => url.endsWith(`/${id}`));
		if (method === 'POST') {
			glance.unshift({...body as Image, id: `image-${glance.length + 1}`, status: 'queued', size: 0, tags: []});
		} else if (method === 'PATCH') {
			image!.tags = (body as Array<{value: string[]}>)[0]!.value;
		} else if (method === 'DELETE') {
			glance.splice(glance.indexOf(image!), 1);
		}

		return {body: method === 'POST' ? glance[0] : {images: glance}};
	};

	const api = {request, url: {image: 'http://glance/v2'}, token: async () => 'token'};
	const uploaded: string[] = [];
	const contextOf = (config: CloudEnv['config'], serverDisk: CloudEnv['serverDisk'] = root) => ({
		env: {config, host, api, serverDisk, paths: {images: '/images', environment: '/state/test'}} as unknown as CloudEnv,
		async job(_: unknown, argv: readonly string[]) {
			uploaded.push(argv[argv.indexOf('--upload-file') + 1]!);
			Object.assign(glance[0]!, {status: 'active', size: uploaded.at(-1)!.endsWith('.tar') ? 100 : 200});
		},
		progress: {say() {}, output() {}},
	} as unknown as StepContext<CloudEnv>);
	return {files, glance, uploaded, contextOf};
};

const tagged = (glance: readonly Image[]): readonly string[] => glance.filter(({tags}) => tags.join(' ') === 'k2hdkc trove').map(({name}) => name);

test('an image from a file takes the place of the built one, keeps it in the next run, and gives it back', async t => {
	const {glance, uploaded, contextOf} = createWorld();
	const [ours, theirs] = [contextOf(built), contextOf(elsewhere)];
	await guestRegistrationStep(built).apply(ours);
	t.deepEqual(tagged(glance), ['built']);
	t.like(glance[0], {disk_format: 'raw', os_distro: 'debian', hw_rng_model: 'virtio'});

	t.is((await guestRegistrationStep(elsewhere).probe(theirs)).state, 'absent');
	await guestRegistrationStep(elsewhere).apply(theirs);
	t.deepEqual(tagged(glance), ['elsewhere']);
	t.like(glance[0], {disk_format: 'qcow2', hw_rng_model: 'virtio'});
	t.is(glance[0]!.os_distro, undefined);
	t.is(uploaded.at(-1), `/images/${guestFileName(elsewhere)}/disk.qcow2`);

	// Without the file on the command line it stays.
	t.is((await guestRegistrationStep(built).probe(ours)).state, 'present');
	await guestRegistrationStep(built).apply(ours);
	t.deepEqual(tagged(glance), ['elsewhere']);
	t.is(uploaded.length, 2);

	await forgetGuestFile(ours.env);
	t.is((await guestRegistrationStep(built).probe(ours)).state, 'broken');
	await guestRegistrationStep(built).apply(ours);
	t.deepEqual(tagged(glance), ['built']);
	t.is(uploaded.length, 2, 'it was there still');
});

test('servers that are machines boot from the disk', async t => {
	const {glance, files, uploaded, contextOf} = createWorld();
	files.set(`/images/${builtName}/manifest.json`, manifest('built', 'disk.qcow2', 200));
	await guestRegistrationStep(built).apply(contextOf(built, {file: 'disk.qcow2', format: 'qcow2'}));
	t.like(glance[0], {disk_format: 'qcow2', os_distro: 'debian'});
	t.deepEqual(uploaded, [`/images/${builtName}/disk.qcow2`]);
});

test('what the image is made of is said in Glance', async t => {
	const {glance, files, contextOf} = createWorld();
	const noble = configOf('images.guest.suite=noble', 'sources.ubuntu.mirror=http://mirror.example.org/ubuntu');
	files.set(`/images/${guestNames({config: noble, proxyAuthority: undefined}).image}/manifest.json`, manifest('noble', 'root.tar', 100));
	await guestRegistrationStep(noble).apply(contextOf(noble));
	t.like(glance[0], {name: 'noble', os_distro: 'ubuntu'});
});

test('an image that left the store since it was registered is named', async t => {
	const {files, contextOf} = createWorld();
	files.delete(`/images/${guestFileName(elsewhere)}/manifest.json`);
	await t.throwsAsync(async () => guestRegistrationStep(elsewhere).apply(contextOf(elsewhere)), {code: 'K2D6042', message: /guest-file-[\da-f]{16} holds no finished image/});
});
