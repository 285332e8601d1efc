import {mkdir, readdir, readFile, symlink} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {applyHunk, hunkState, revertHunk} from '../../../scripts/stages/datastore/hunk.js';
import {readPatch} from '../../../scripts/stages/datastore/patchFile.js';
import {needs} from '../../helpers/needs.js';
import {createScratch, unpatched, writeTree} from './scratch.js';

const machine = createLocalMachine();
const commands = {patch: 'patch', python3: 'python3'};

const prepare = async (t: ExecutionContext, text: string) => {
	const root = await writeTree(await createScratch(t), text);
	return {root, patch: await readPatch(), content: async () => readFile(path.join(root, 'trove/common/cfg.py'), 'utf8')};
};

test('apply and revert, each also twice, leave nothing beside the file', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const before = await unpatched();
	const {root, patch, content} = await prepare(t, before);
	t.is((await hunkState(machine, root, patch)).state, 'applicable');
	t.is(await content(), before, 'looking changes nothing');
	await applyHunk(machine, root, patch);
	await applyHunk(machine, root, patch);
	t.is((await hunkState(machine, root, patch)).state, 'applied');
	t.is((await content()).split('trove.datastore.options').length, 2, 'once');
	await revertHunk(machine, root, patch);
	await revertHunk(machine, root, patch);
	t.is((await hunkState(machine, root, patch)).state, 'applicable');
	t.is(await content(), before);
	const entries = await readdir(path.join(root, 'trove/common'));
	t.deepEqual(entries.toSorted(), ['__pycache__', 'cfg.py']);
});

test('the line does not matter, the text around it does', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const text = await unpatched();
	const conflicting: ReadonlyArray<readonly [string, string]> = [
		['another last method', text.replace('\'PATCH\']', '\'PATCH\', \'HEAD\']')],
		['something after it', `${text}\n\nOTHER = True\n`],
		['an indentation', text.replace('                       \'DELETE\'', '            \'DELETE\'')],
		['an empty file', ''],
	];
	for (const [what, changed] of conflicting) {
		const {root, patch, content} = await prepare(t, changed);
		const {state, evidence} = await hunkState(machine, root, patch);
		t.is(state, 'conflicting', what);
		t.regex(evidence, /does not fit .*cfg\.py: .+\.$/, what);
		await t.throwsAsync(applyHunk(machine, root, patch), {instanceOf: ToolError, code: 'K2D6004'}, what);
		await revertHunk(machine, root, patch);
		t.is(await content(), changed, what);
		t.deepEqual(await readdir(path.join(root, 'trove/common')), ['cfg.py'], what);
	}

	const moved = await prepare(t, `${'# more\n'.repeat(500)}${text}`);
	t.is((await hunkState(machine, moved.root, moved.patch)).state, 'applicable');
});

test('a file that is not there', async t => {
	const [root, patch] = [await createScratch(t), await readPatch()];
	t.deepEqual(await hunkState(machine, root, patch), {state: 'missing', evidence: `There is no ${root}/trove/common/cfg.py.`});
	await t.throwsAsync(applyHunk(machine, root, patch), {instanceOf: ToolError, code: 'K2D6004'});
	await t.notThrowsAsync(revertHunk(machine, root, patch));
});

test('without the program patch the error names it', async t => {
	const {root, patch} = await prepare(t, await unpatched());
	const bin = path.join(root, 'bin');
	await mkdir(bin);
	await symlink('/usr/bin/test', path.join(bin, 'test'));
	const bare = {run: async (argv: readonly string[], options = {}) => machine.run(argv, {...options, env: {PATH: bin}})};
	const error = await t.throwsAsync(hunkState(bare, root, patch), {instanceOf: ToolError, code: 'K2D6006'});
	t.regex(error.details.remedy!, /apt-get install patch/);
});
