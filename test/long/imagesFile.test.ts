import {mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../helpers/needs.js';
import {runCommand} from '../helpers/runCommand.js';
import {openCloud} from '../e2e/support/cloud.js';
import {document, expect, hostNeeds, paths} from '../e2e/support/tool.js';

type GuestImage = {readonly registered: string; readonly directory: string};
type Images = {readonly images: readonly GuestImage[]};
type GlanceImage = {readonly id: string; readonly status: string; readonly size: number; readonly name: string; readonly disk_format: string; readonly hw_rng_model?: string};

const guestImage = async (t: ExecutionContext): Promise<GuestImage> => document<Images>(await expect(t, 0, ['images', 'list', '--json'])).images[0]!;

/** Where the root begins on the disk of a built image, in bytes. */
const rootOffset = 4096 * 512;

/** A disk like the built one whose guest agent is not started, as raw. */
const makeLameDisk = async (t: ExecutionContext, disk: string, work: string): Promise<string> => {
	const file = path.join(work, 'lame.raw');
	for (const [program, ...args] of [
		['qemu-img', 'convert', '-O', 'raw', disk, file],
		['debugfs', '-w', '-R', 'rm /etc/systemd/system/cloud-init.target.wants/guest-agent.service', `${file}?offset=${rootOffset}`],
	] as const) {
		const {code, stderr} = await runCommand(program, args);
		t.is(code, 0, stderr);
	}

	return file;
};

test.serial('a guest image that was built elsewhere is refused with the reason, or takes the place of the built one', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['images', 'build', 'guest']);
	await expect(t, 0, ['up']);
	await expect(t, 0, ['images', 'register', 'guest']);
	const file = path.join((await guestImage(t)).directory, 'disk.qcow2');
	const work = await mkdtemp(path.join(tmpdir(), 'k2hdkc-e2e-file-'));
	t.teardown(async () => rm(work, {recursive: true, force: true}));
	const cloud = await openCloud((await paths()).environment);
	const found = async (): Promise<readonly GlanceImage[]> => ((await cloud.ask(9292, '/v2/images?tag=trove&tag=k2hdkc')).body as {images: GlanceImage[]}).images;
	const [ours] = await found();
	const register = async (code: number, given: string): Promise<string> => {
		const {stdout, stderr} = await expect(t, code, ['images', 'register', 'guest', '--file', given]);
		return stdout + stderr;
	};

	const [text, silent, layer] = ['text.qcow2', 'silent.raw', 'layer.qcow2'].map(name => path.join(work, name)) as [string, string, string];
	await writeFile(text, 'no disk\n'.repeat(1000));
	t.regex(await register(1, text), /K2D6041[^]*text\.qcow2 cannot be a guest image: it is no disk image/);
	await runCommand('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', file, layer]);
	t.regex(await register(1, layer), /K2D6041[^]*layer\.qcow2 cannot be a guest image: it is not whole: the rest is in/);
	await writeFile(silent, Buffer.concat([Buffer.alloc(510), Buffer.of(0x55, 0xAA), Buffer.alloc(4096)]));
	t.regex(await register(1, silent), /K2D6007[^]*no kernel booted/);
	t.regex(await register(1, await makeLameDisk(t, file, work)), /K2D6007[^]*The guest image does not work: agent-unit is [^;\n]*, not enabled/);
	t.deepEqual(await found(), [ours!], 'Glance has what it had');

	await register(0, file);
	const [theirs, ...others] = await found();
	t.deepEqual(others, []);
	t.like(theirs, {name: 'disk', status: 'active', disk_format: 'qcow2', hw_rng_model: 'virtio', size: (await stat(file)).size});
	t.regex((await guestImage(t)).registered, new RegExp(`^Glance ${theirs!.id}, from guest-file-`));
	await expect(t, 0, ['images', 'register', 'guest']);
	t.deepEqual((await found()).map(({id}) => id), [ours!.id], 'the built one is back');
});
