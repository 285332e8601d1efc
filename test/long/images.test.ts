import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {needs} from '../helpers/needs.js';
import {runCommand} from '../helpers/runCommand.js';
import {openCloud} from '../e2e/support/cloud.js';
import {createDeadEnd} from '../e2e/support/deadEnd.js';
import {document, expect, follow, hostNeeds, paths, worked} from '../e2e/support/tool.js';

type File = {readonly file: string; readonly bytes: number; readonly sha256: string};
type Images = {readonly images: ReadonlyArray<{readonly image: string; readonly name: string; readonly state: string; readonly registered: string; readonly directory: string; readonly files: readonly File[]}>};

let directory: string | undefined;

test.serial('images build makes the guest image, and nothing else of the environment; after fetch without a network', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const before = document<Images>(await expect(t, 0, ['images', 'list', '--json'])).images[0]!;
	t.like(before, {image: 'guest', name: 'k2hdkc-guest-2025.1-trixie', state: 'not built', files: []});
	const dry = await expect(t, 0, ['images', 'build', '--dry-run']);
	t.regex(dry.stdout, /RUN +images\.guest\.agent/);
	for (const words of [/^ {6}- cloud-init$/m, /^ {4}source: pypi:23\.1\.0$/m, /^ {6}files\/etc\/fstab: [\da-f]{64}$/m]) {
		t.regex(dry.stdout, words);
	}

	await expect(t, 0, ['fetch', '--with', 'images']);
	const deadEnd = await createDeadEnd(t);
	const {code, events, stderr, seconds} = await follow(['images', 'build', '--offline'], () => undefined, {prefix: deadEnd.prefix});
	t.is(code, 0, stderr);
	t.is(await deadEnd.attempts(), 0);
	t.log(`images build: ${seconds.toFixed(1)} s`);
	t.true(worked(events).every(id => id === 'host.packages' || id.startsWith('images.')), worked(events).join(' '));
	const [image] = document<Images>(await expect(t, 0, ['images', 'list', '--json'])).images;
	t.like(image, {state: 'up to date', registered: 'not known: Glance does not answer'});
	t.true(worked(events).includes('images.guest.check'), 'it was booted');
	t.deepEqual(image?.files.map(({file}) => file), ['disk.qcow2', 'root.tar']);
	const {stdout} = await runCommand('sha256sum', [path.join(image!.directory, 'disk.qcow2')]);
	t.is(image?.files[0]!.sha256, stdout.split(' ')[0]);
	directory = image!.directory;
	t.log(image!.files.map(({file, bytes}) => `${file}: ${Math.round(bytes / 1e6)} MB`).join(', '));
});

test.serial('built again, nothing is done', async t => {
	if (!await needs(t, {...hostNeeds, missing: directory === undefined ? 'no image was built' : undefined})) {
		return;
	}

	const {code, events, seconds} = await follow(['images', 'build'], () => undefined);
	t.is(code, 0);
	t.deepEqual(worked(events), []);
	t.log(`${seconds.toFixed(1)} s`);
});

test.serial('the tar is a root without kernel and without what must be a guest\'s own', async t => {
	if (!await needs(t, {...hostNeeds, missing: directory === undefined ? 'no image was built' : undefined})) {
		return;
	}

	const {stdout} = await runCommand('tar', ['-tvf', path.join(directory!, 'root.tar')]);
	t.regex(stdout, /-r--r----- 0\/0 .* \.\/etc\/sudoers\.d\/trove$/m);
	t.regex(stdout, /\.\/etc\/systemd\/system\/cloud-init\.target\.wants\/guest-agent\.service -> /);
	t.regex(stdout, /\.\/opt\/guest-agent-venv\/bin\/trove-guestagent$/m);
	t.notRegex(stdout, /\.\/etc\/ssh\/ssh_host_|\.\/boot\/vmlinuz|\.\/usr\/lib\/modules\/.|policy-rc\.d$/m);
	t.notRegex(stdout, /k2hdkc-proxy|service\.d\/proxy\.conf|91-k2hdkc-keys|resolved\.conf\.d\/k2hdkc|ca-certificates\/k2hdkc|controller\.key|guest-agent-source|guest-images/, 'nothing that is not configured');
	const work = await mkdtemp(path.join(tmpdir(), 'k2hdkc-e2e-tar-'));
	t.teardown(async () => rm(work, {recursive: true, force: true}));
	await runCommand('tar', ['-xf', path.join(directory!, 'root.tar'), '-C', work, './etc/machine-id', './etc/shadow', './etc/apt/apt.conf.d']);
	t.is((await runCommand('grep', ['-riE', '::(proxy|cainfo)', path.join(work, 'etc/apt/apt.conf.d')])).code, 1, 'how the build reached its mirror is not in it');
	t.is(await readFile(path.join(work, 'etc/machine-id'), 'utf8'), '');
	t.deepEqual((await readFile(path.join(work, 'etc/shadow'), 'utf8')).split('\n').filter(line => /^[^:]+:\$/.test(line)), [], 'no account has a password');
	t.false(existsSync(path.join(directory!, 'tree')), 'nothing of the build is left');
});

type GlanceImage = {readonly id: string; readonly status: string; readonly size: number; readonly tags: readonly string[]; readonly hw_rng_model?: string};

test.serial('images register puts it into Glance, with the tags by which Trove finds it', async t => {
	if (!await needs(t, {...hostNeeds, missing: directory === undefined ? 'no image was built' : undefined})) {
		return;
	}

	await expect(t, 0, ['up']);
	const cloud = await openCloud((await paths()).environment);
	const found = async (): Promise<readonly GlanceImage[]> => ((await cloud.ask(9292, '/v2/images?tag=trove&tag=k2hdkc')).body as {images: GlanceImage[]}).images;
	t.deepEqual(await found(), []);
	const {seconds} = await expect(t, 0, ['images', 'register']);
	t.log(`${seconds.toFixed(1)} s`);
	const [image, ...others] = await found();
	t.deepEqual(others, []);
	t.like(image, {status: 'active', hw_rng_model: 'virtio', size: (await stat(path.join(directory!, 'root.tar'))).size});
	t.is(document<Images>(await expect(t, 0, ['images', 'list', '--json'])).images[0]!.registered, `Glance ${image!.id}`);

	// An image that lost its tags gets them back; one of other inputs that bears them loses them.
	await cloud.ask(9292, `/v2/images/${image!.id}/tags/trove`, {method: 'DELETE'});
	const {body: old} = await cloud.ask(9292, '/v2/images', {method: 'POST', body: {name: 'old', tags: ['trove', 'k2hdkc'], k2hdkc_devstack_origin: 'guest-image-old', disk_format: 'raw', container_format: 'bare'}});
	const {events} = await follow(['images', 'register'], () => undefined);
	t.deepEqual(worked(events), ['images.guest.glance']);
	t.deepEqual((await found()).map(({id}) => id), [image!.id]);
	t.is((await cloud.ask(9292, `/v2/images/${(old as GlanceImage).id}`)).status, 404, 'an upload that never ended goes');
});
