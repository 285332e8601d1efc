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

test('list names the patch and the package, each with its place and purpose', async t => {
	const [patch, project, ...others] = await listPatches();
	t.like(patch, {name: 'datastore-options.patch', kind: 'patch', place: 'trove/common/cfg.py'});
	t.like(project, {name: 'trove-k2hdkc', kind: 'package'});
	t.regex(project!.version!, /^\d+\.\d+\.\d+$/);
	t.deepEqual(others, []);
	for (const {purpose, releases} of [patch!, project!]) {
		t.true(purpose.length > 10);
		t.is(releases.length, 6);
	}
});

test('a project without a version is a mistake of ours', t => {
	t.throws(() => readProject('name = "x"\n'), {message: /no version/});
});
