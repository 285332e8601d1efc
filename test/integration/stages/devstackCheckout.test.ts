import {mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {asideScript} from '../../../scripts/stages/devstack/aside.js';
import {checkoutExit, checkoutProbe, checkoutScript, driftOf, lookScript, noteFunctions, parseCheckout, type Checkout} from '../../../scripts/stages/devstack/checkout.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';

const gitNeeds = {root: true, commands: {git: 'git', runuser: 'util-linux'}} as const;

const git = async (directory: string, ...words: readonly string[]): Promise<string> => {
	const {code, stdout, stderr} = await runCommand('git', ['-C', directory, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...words]);
	if (code !== 0) {
		throw new Error(stderr);
	}

	return stdout.trim();
};

/** A repository with a branch `stable/one` of two commits and a tag on the first, and where it is to be checked out. */
const createPlace = async (t: ExecutionContext) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-checkout-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const [origin, place] = [path.join(directory, 'origin'), path.join(directory, 'place')];
	await git(directory, 'init', '--quiet', '--initial-branch=stable/one', origin);
	const commit = async (text: string): Promise<string> => {
		await writeFile(path.join(origin, 'file'), text);
		await git(origin, 'add', 'file');
		await git(origin, 'commit', '--quiet', '--message', text);
		return git(origin, 'rev-parse', 'HEAD');
	};

	const first = await commit('first');
	await git(origin, 'tag', '1.0.0');
	const second = await commit('second');
	return {
		origin, place, first, second, commit,
		make: async (ref: string) => (await runCommand('sh', ['-euc', checkoutScript, 'sh', `file://${origin}`, ref, place])).code,
		async look(): Promise<Checkout> {
			const {code, stdout, stderr} = await runCommand('sh', ['-euc', lookScript, 'sh', place]);
			t.is(code, 0, stderr);
			return parseCheckout(stdout);
		},
	};
};

test('a checkout is made of a branch, a tag or a commit, with the tags that versions are read from', async t => {
	if (!await needs(t, gitNeeds)) {
		return;
	}

	const {place, first, second, make, look} = await createPlace(t);
	t.deepEqual(await look(), {kind: 'absent', changed: 0});
	t.is(await make('stable/one'), 0);
	t.deepEqual(await look(), {kind: 'checkout', base: second, head: second, changed: 0});
	t.regex(await git(place, 'describe', '--tags'), /^1\.0\.0-1-g/);
	t.is(await make('1.0.0'), 0);
	t.is((await look()).head, first);
	t.is(await make(second), 0);
	t.is(await readFile(path.join(place, 'file'), 'utf8'), 'second');
});

test('one that nobody changed is moved on; one that somebody changed is told of, and stays', async t => {
	if (!await needs(t, gitNeeds)) {
		return;
	}

	const {place, second, commit, make, look} = await createPlace(t);
	await make('stable/one');
	const third = await commit('third');
	t.is((await look()).head, second);
	t.is(await make('stable/one'), 0);
	t.is((await look()).head, third);
	await writeFile(path.join(place, 'file'), 'mine');
	await writeFile(path.join(place, 'new'), 'mine too');
	t.is(driftOf(await look()), '1 of its files has local changes');
	t.is(await make('1.0.0'), checkoutExit.changed);
	t.is(await readFile(path.join(place, 'file'), 'utf8'), 'mine');
	await git(place, 'commit', '--quiet', '--all', '--message', 'mine');
	t.regex(driftOf(await look()) ?? '', /where this tool put it$/);
	t.is(await make('1.0.0'), checkoutExit.changed);
});

test('what the tool did not make is left alone', async t => {
	if (!await needs(t, gitNeeds)) {
		return;
	}

	const {origin, place, make, look} = await createPlace(t);
	t.is(await make('stable/none'), checkoutExit.noSuchRef);
	t.is((await look()).kind, 'absent');
	await git(origin, 'clone', '--quiet', origin, place);
	t.is(await make('1.0.0'), checkoutExit.foreign);
	t.regex(checkoutProbe(place, await look()).evidence, /somebody else made/);
	await rm(place, {recursive: true});
	await writeFile(place, '');
	t.is(await make('1.0.0'), checkoutExit.occupied);
	t.is((await look()).kind, 'other');
});

test('what --fresh puts aside is whole where it is now, and what is noted beside stack.sh goes on to hold', async t => {
	if (!await needs(t, gitNeeds)) {
		return;
	}

	const {place, second, make, look} = await createPlace(t);
	await make('stable/one');
	await writeFile(path.join(place, 'file'), 'mine');
	await writeFile(path.join(place, 'new'), 'mine too');
	await writeFile(path.join(place, '.stackenv'), 'HOST_IP=192.0.2.10\n');
	const putAside = async (): Promise<string> =>
		(await runCommand('sh', ['-euc', asideScript, 'sh', place, path.join(place, '../aside'), 'root', `${place}.kept`, '.stackenv', '.none'])).stdout.trim();
	const aside = await putAside();
	t.regex(aside, /\/aside\/place\.\d{8}T\d{6}\.\d{9}Z$/);
	t.is((await look()).kind, 'absent');
	t.is(await make('stable/one'), 0);
	t.deepEqual(await look(), {kind: 'checkout', base: second, head: second, changed: 0});
	t.deepEqual((await readdir(place)).toSorted(), ['.git', '.stackenv', 'file']);
	t.deepEqual(await Promise.all(['file', 'new'].map(async name => readFile(path.join(aside, name), 'utf8'))), ['mine', 'mine too']);
	t.is(await git(aside, 'rev-parse', 'HEAD'), second);
	await putAside();
	t.deepEqual((await readdir(path.dirname(place))).toSorted(), ['aside', 'origin', 'place.kept']);
	t.is((await readdir(path.dirname(aside))).length, 2, 'one put aside before is not replaced');
});

/** A program edits the checkout, as stack.sh does with some, and what it did is noted. */
const edit = async (place: string, text: string): Promise<number> => (await runCommand('sh', ['-euc', `${noteFunctions}
clean=$(untouched "$1")
echo "$2" >"$3/file"
echo "$clean" | note`, 'sh', path.dirname(place), text, place])).code;

test('what stack.sh has edited is not somebody\'s, and is edited again; what somebody edits besides is', async t => {
	if (!await needs(t, gitNeeds)) {
		return;
	}

	const {place, make, look, commit} = await createPlace(t);
	await make('stable/one');
	t.is(await edit(place, 'by stack.sh'), 0);
	t.is(driftOf(await look()), undefined);
	t.is(await edit(place, 'by stack.sh again'), 0);
	t.is(driftOf(await look()), undefined);
	await git(place, 'checkout', 'file');
	t.is(driftOf(await look()), undefined, 'taken back');
	await commit('third');
	t.is(await make('stable/one'), 0);
	t.is(await readFile(path.join(place, 'file'), 'utf8'), 'third');
	await edit(place, 'by stack.sh');
	await writeFile(path.join(place, 'file'), 'mine');
	t.is(driftOf(await look()), '1 of its files has local changes');
	t.is(await edit(place, 'by stack.sh on top of it'), 0);
	t.is(driftOf(await look()), '1 of its files has local changes');
	t.is(await make('1.0.0'), checkoutExit.changed);
});
