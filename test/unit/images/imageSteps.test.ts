import {writeFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {imageStepIds, imageSteps} from '../../../scripts/stages/images/imageSteps.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import {load} from '../config/workspace.js';

const config = (...set: readonly string[]) => load({flags: {set: ['components.images=true', ...set]}}).config;

const k2hdkc = ['sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian'];
const guest = ['images.guest.base', 'images.guest.sources', 'images.guest.agent', 'images.guest', 'images.guest.check'];
const database = ['images.containers.base', 'images.database', 'images.database.check'];
const backup = ['images.guest.sources', ...database, 'images.backup.python', 'images.backup', 'images.backup.check'];

const cases: ReadonlyArray<readonly [string, Parameters<typeof imageStepIds>[1], readonly string[], readonly string[]]> = [
	['a guest image', 'guest', [], guest],
	['a database image', 'database', k2hdkc, database],
	['a backup image with the database image below it', 'backup', k2hdkc, backup],
	['a guest image with the database image in it', 'guest', [...k2hdkc, 'images.guest.preload=database'], [...guest, ...database, 'images.guest.preload']],
	['a guest image with the backup image in it', 'guest', [...k2hdkc, 'images.guest.preload=backup'], [...guest, ...backup, 'images.guest.preload']],
	['a database image that K2HDKC is not there for', 'database', [], []],
	['an image of K2HR3 from a directory, without a compute host', 'k2hr3', ['sources.k2hr3=directory:/opt/k2hr3'], ['images.k2hr3.base', 'images.k2hr3']],
	['an image of K2HR3 from a container image', 'k2hr3', [`sources.k2hr3=image:registry.example/k2hr3@sha256:${'a'.repeat(64)}`], ['images.k2hr3.base', 'images.k2hr3.prefix', 'images.k2hr3']],
	['an image of K2HR3 that nothing is known of', 'k2hr3', [], []],
	['an image of K2HR3 where one is there already', 'k2hr3', ['sources.k2hr3=directory:/opt/k2hr3', 'k2hr3.url=http://192.0.2.1:18080'], []],
];
for (const [what, name, set, ids] of cases) {
	test(`these steps make ${what}`, t => {
		t.deepEqual(imageStepIds(config(...set), name).build.toSorted(), [...new Set(ids)].toSorted());
	});
}

test('a guest image from a file is taken and not built; the backup image still has the source of Trove', t => {
	const directory = mkdtempSync(path.join(tmpdir(), 'k2hdkc-image-steps-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	writeFileSync(`${directory}/guest.qcow2`, 'x'.repeat(1000));
	const file = `images.guest.file=${directory}/guest.qcow2`;
	t.deepEqual(imageStepIds(config(file), 'guest').build, ['images.guest.file', 'images.guest.file.check']);
	const ids = new Set(sandboxSteps(config(file, ...k2hdkc)).map(({id}) => id));
	t.true(ids.has('images.guest.sources'));
	t.false(ids.has('images.guest.base'));
	t.deepEqual(imageSteps(config(file)).guest.push.flatMap(({needs}) => needs), ['images.guest.file.check', 'glance']);
});

test('no step is there twice', t => {
	const ids = sandboxSteps(config(...k2hdkc, 'images.guest.preload=backup')).map(({id}) => id);
	t.is(new Set(ids).size, ids.length);
});
