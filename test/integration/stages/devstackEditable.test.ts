import {chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {editableProbe, installEditableScript, lookAtEditableScript, parseEditable, syncEditableScript} from '../../../scripts/stages/devstack/editableScripts.js';
import {needs} from '../../helpers/needs.js';
import {venvMissing} from '../../helpers/pythonVenv.js';
import {runCommand} from '../../helpers/runCommand.js';

/** A Python of its own, as DevStack's, with the package as stack.sh installs it; Trove's checkout with its copy, and the package where it is edited. */
const createPlace = async (t: ExecutionContext) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-editable-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const [python, source, trove, mark] = [path.join(directory, 'venv/bin/python'), path.join(directory, 'k2hdkc/trove-k2hdkc'), path.join(directory, 'trove'), path.join(directory, 'read')];
	const must = async (program: string, ...words: readonly string[]): Promise<string> => {
		const {code, stdout, stderr} = await runCommand(program, words, {timeout: 120_000});
		t.is(code, 0, stderr);
		return stdout.trim();
	};

	await must('python3', '-m', 'venv', path.join(directory, 'venv'));
	await cp('patches/trove-k2hdkc', source, {recursive: true});
	await mkdir(trove);
	await cp(path.join(source, 'trove_k2hdkc'), path.join(trove, 'trove_k2hdkc'), {recursive: true});
	const script = async (text: string, ...words: readonly string[]): Promise<string> => must('sh', '-euc', text, 'sh', ...words);
	return {
		python, source, trove, mark, must, script,
		look: async () => editableProbe(source, parseEditable(await script(lookAtEditableScript, python, source, trove, mark))),
		/** What a program of Trove would run. */
		where: async () => must(python, '-I', '-c', 'import trove_k2hdkc; print(trove_k2hdkc.__file__, trove_k2hdkc.__doc__)'),
	};
};

test('the package runs from where it is edited; an edit is told, copied for guests, and read', async t => {
	if (!await needs(t, {missing: await venvMissing()})) {
		return;
	}

	const {python, source, trove, mark, must, script, look, where} = await createPlace(t);
	await must(python, '-m', 'pip', 'install', '--quiet', '--no-deps', source);
	t.is((await look()).state, 'absent');
	await script(installEditableScript, python, source);
	t.regex((await look()).evidence, /not read yet/);
	await writeFile(mark, await script(syncEditableScript, source, trove));
	t.is((await look()).state, 'present');
	t.true((await where()).startsWith(source));
	const file = path.join(source, 'trove_k2hdkc/__init__.py');
	await writeFile(file, `"""mine"""\n${await readFile(file, 'utf8')}`);
	t.true((await where()).endsWith(' mine'));
	t.regex((await look()).evidence, /not in the copy for guests$/);
	const read = await script(syncEditableScript, source, trove);
	t.is(await readFile(path.join(trove, 'trove_k2hdkc/__init__.py'), 'utf8'), await readFile(file, 'utf8'));
	t.regex((await look()).evidence, /not read yet by Trove's services$/);
	await writeFile(mark, `${read}\n`);
	t.is((await look()).state, 'present', 'what Python has made beside the sources counts for nothing');
	await must(python, '-m', 'pip', 'install', '--quiet', '--no-deps', '--force-reinstall', source);
	t.is((await look()).state, 'absent', 'as after another stack.sh');
});

test('it is copied from wherever the user of DevStack is told to, also from the home of root', async t => {
	if (!await needs(t, {root: true})) {
		return;
	}

	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-editable-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const [source, trove, home] = [path.join(directory, 'source'), path.join(directory, 'trove'), path.join(directory, 'home')];
	await Promise.all([source, trove, home].map(async place => mkdir(place)));
	await cp('patches/trove-k2hdkc/trove_k2hdkc', path.join(source, 'trove_k2hdkc'), {recursive: true});
	t.is((await runCommand('chown', ['-R', 'nobody', directory])).code, 0);
	t.is((await runCommand('chown', ['root', home])).code, 0);
	await chmod(home, 0o700);
	const {code, stdout, stderr} = await runCommand('runuser', ['--user', 'nobody', '--', 'sh', '-euc', syncEditableScript, 'sh', source, trove], {cwd: home, timeout: 60_000});
	t.is(code, 0, stderr);
	t.regex(stdout, /^[\da-f]{64}\n$/);
});
