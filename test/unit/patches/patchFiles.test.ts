import {existsSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {parsePatch, readPatch} from '../../../scripts/stages/datastore/patchFile.js';
import {listPatches, readProject} from '../../../scripts/stages/datastore/patchList.js';

test('the patch changes one file and adds few lines, at its end', async t => {
	const {target, text} = await readPatch();
	const lines = text.slice(text.indexOf('@@')).split('\n').slice(1);
	t.is(target, 'trove/common/cfg.py');
	t.is(lines.filter(line => line.startsWith('-')).length, 0);
	t.true(lines.filter(line => line.startsWith('+') && line !== '+').length <= 12);
	t.true(lines.at(-2)?.startsWith('+'), 'nothing follows what is added');
});

test('a patch has a subject and one target', t => {
	t.like(parsePatch('x.patch', 'Do a thing\n\nWhy.\n--- a/trove/x.py\n+++ b/trove/x.py\n@@'), {subject: 'Do a thing', target: 'trove/x.py'});
	t.throws(() => parsePatch('x.patch', 'Do a thing\n'), {message: /one file/});
	t.throws(() => parsePatch('x.patch', '\n+++ b/trove/x.py\n'), {message: /subject/});
	t.throws(() => parsePatch('x.patch', 'Two\n+++ b/a\n+++ b/b\n'), {message: /one file/});
});

test('list names the patch and the packages, each with its place and purpose', async t => {
	const [patch, ...packages] = await listPatches();
	t.like(patch, {name: 'datastore-options.patch', kind: 'patch', place: 'trove/common/cfg.py'});
	const directories = (await readdir('patches', {withFileTypes: true})).filter(entry => existsSync(path.join('patches', entry.name, 'pyproject.toml')));
	t.deepEqual(packages.map(({name}) => name).toSorted(), directories.map(({name}) => name).toSorted());
	for (const {kind, version} of packages) {
		t.is(kind, 'package');
		t.regex(version!, /^\d+\.\d+\.\d+$/);
	}

	for (const {place, purpose, releases} of [patch!, ...packages]) {
		t.true(place.length > 10 && purpose.length > 10);
		t.is(releases.length, place.includes('sandbox') ? 1 : 6);
	}
});

test('a project without a version is a mistake of ours', t => {
	t.throws(() => readProject('name = "x"\n'), {message: /no version/});
});
