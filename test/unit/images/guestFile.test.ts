import {mkdtemp, rm, truncate, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {diskFileFault} from '../../../scripts/config/guestFile.js';
import {diskFault, guestFileName, guestFileSteps} from '../../../scripts/stages/images/guestFile.js';
import {guestRegistrationStep} from '../../../scripts/stages/images/register.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import {load, refusal} from '../config/workspace.js';

// As qemu-img 7.2 prints it, shortened.
const info = (more: Readonly<Record<string, unknown>>): string => JSON.stringify({'virtual-size': 1_048_576, filename: 'given', format: 'qcow2', 'actual-size': 200_704, ...more});

const disks: ReadonlyArray<readonly [what: string, info: string, signature: string, fault: RegExp | undefined]> = [
	['a qcow2', info({'format-specific': {type: 'qcow2', data: {compat: '1.1'}}}), 'ff00', undefined],
	['a raw disk with a boot sector', info({format: 'raw'}), '55aa', undefined],
	['a text', info({format: 'raw'}), '0a20', /^it is no disk image/],
	['a disk of another format', info({format: 'vmdk'}), '0000', /^its format is vmdk, not qcow2 or raw$/],
	['a layer over another file', info({'backing-filename': '/etc/shadow'}), '0000', /^it is not whole: the rest is in \/etc\/shadow$/],
	['a qcow2 with its data elsewhere', info({'format-specific': {type: 'qcow2', data: {'data-file': '/etc/shadow'}}}), '0000', /^it is not whole: the rest is in \/etc\/shadow$/],
];
for (const [what, text, signature, fault] of disks) {
	test(`a guest image from a file: ${what}`, t => {
		const found = diskFault(text, signature);
		if (fault === undefined) {
			t.is(found, undefined);
		} else {
			t.regex(found ?? '', fault);
		}
	});
}

test('what cannot be read is said before anything is done', async t => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-guest-file-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const file = path.join(directory, 'guest.qcow2');
	t.is(diskFileFault(file), 'is not there');
	t.is(diskFileFault(directory), 'is no file');
	t.is(diskFileFault(`${file}/x`), 'is not there');
	await writeFile(file, 'x');
	t.is(diskFileFault(file), 'is too small for a disk');
	t.regex(refusal({flags: {set: [`images.guest.file=${file}`]}})?.message ?? '', /names .*guest\.qcow2, which is too small for a disk/);
	await truncate(file, 4096);
	t.is(diskFileFault(file), undefined);

	const {config} = load({flags: {set: [`images.guest.file=${file}`, 'components.images=true']}});
	const before = guestFileName(config);
	t.regex(before, /^guest-file-[\da-f]{16}$/);
	await truncate(file, 8192);
	t.not(guestFileName(config), before, 'another file under the same name is another image');

	// None of the steps that build an image is among them, and what goes into Glance was checked.
	const steps = sandboxSteps(config).map(({id}) => id).filter(id => id.startsWith('images.guest'));
	t.deepEqual(steps, [...guestFileSteps.map(({id}) => id), 'images.guest.glance']);
	t.deepEqual(guestRegistrationStep(config).needs, ['images.guest.file.check', 'glance']);
	t.deepEqual(guestRegistrationStep(load().config).needs, ['images.guest.check', 'glance']);
});
