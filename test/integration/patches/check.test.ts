import {readdir} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {createPlace, mainFile} from '../cli/tool.js';
import {createScratch, unpatched, writeTree} from './scratch.js';

const leftovers = async (): Promise<readonly string[]> =>
	(await readdir(tmpdir())).filter(name => name.startsWith('k2hdkc-devstack-patches.'));

type Checks = {readonly checks: ReadonlyArray<{readonly release: string; readonly source: string; readonly result: string; readonly code?: string; readonly reason: string}>};

test('check proves the patch on the pinned source distributions of the package index', async t => {
	if (!await needs(t, {commands: {patch: 'patch', python3: 'python3', pip3: 'python3-pip'}})) {
		return;
	}

	const place = await createPlace(t);
	const releases = ['2024.1', '2025.1', '2025.2', '2026.1', '2026.2'];
	const {code, stdout, stderr} = await place.run(['patches', 'check', ...releases.flatMap(release => ['--release', release])], {}, mainFile);
	t.is(code, 0, stderr);
	for (const release of releases) {
		t.regex(stdout, new RegExp(`^${release} +trove \\d+\\.\\d+\\.\\d+, sha256 [0-9a-f]{12} +applies `, 'mu'));
	}
});

test('check fails for a conflict and for a source out of reach, says which, and checks the rest', async t => {
	if (!await needs(t, {commands: {patch: 'patch', git: 'git'}})) {
		return;
	}

	const before = await leftovers();
	const [place, directory] = [await createPlace(t), await createScratch(t)];
	const good = await writeTree(path.join(directory, 'good'), await unpatched());
	const changed = await writeTree(path.join(directory, 'changed'), 'CONF = {}\n');
	const {code, stdout} = await place.run([
		'patches', 'check', '--json', '--release', '2025.1', '--release', '2025.2', '--release', 'master',
		'--set', `sources.trove.2025.1=directory:${good}`,
		'--set', `sources.trove.2025.2=directory:${changed}`,
		'--set', 'sources.trove.master=git:http://user:hidden@127.0.0.1:9/trove#master',
	], {}, mainFile);
	t.is(code, 1);
	t.false(stdout.includes('hidden'), 'passwords in addresses are not shown');
	const {checks} = JSON.parse(stdout) as Checks;
	t.deepEqual(checks.map(({release, result, code: fault}) => [release, result, fault]), [
		['2025.1', 'applies', undefined],
		['2025.2', 'conflicts', 'K2D6004'],
		['master', 'not checked', 'K2D6001'],
	]);
	t.regex(checks[1]!.reason, /^datastore-options\.patch does not fit trove\/common\/cfg\.py: /);
	t.deepEqual(await leftovers(), before);
});

test('check of a release that does not exist is a mistake in the command', async t => {
	const place = await createPlace(t);
	const {code, stderr} = await place.run(['patches', 'check', '--release', '2025.11'], {}, mainFile);
	t.is(code, 2);
	t.regex(stderr, /K2D1004/);
	t.regex(stderr, /Did you mean "2025\.1"\?/);
});

test('list tells people and programs the same', async t => {
	const place = await createPlace(t);
	const [people, programs] = [await place.run(['patches', 'list'], {}, mainFile), await place.run(['patches', 'list', '--json'], {}, mainFile)];
	t.deepEqual([people.code, programs.code], [0, 0]);
	const {patches} = JSON.parse(programs.stdout) as {readonly patches: ReadonlyArray<{readonly name: string; readonly purpose: string}>};
	t.deepEqual(patches.map(({name}) => name), ['datastore-options.patch', 'trove-k2hdkc', 'trove-dashboard-k2hdkc', 'nova-incus', 'cinder-file']);
	for (const {name, purpose} of patches) {
		t.true(people.stdout.includes(name) && people.stdout.includes(purpose));
	}
});
