import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {readPatch} from '../../../scripts/stages/datastore/patchFile.js';
import {runCommand} from '../../helpers/runCommand.js';

/** A directory of the test's own, removed after it. */
export const createScratch = async (t: ExecutionContext): Promise<string> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-patches-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	return directory;
};

/** The end of the file that the patch changes, as every release has it: taken from the patch's own context. */
export const unpatched = async (): Promise<string> => {
	const {text} = await readPatch();
	const context = text.slice(text.indexOf('@@')).split('\n').slice(1).filter(line => line.startsWith(' ')).map(line => line.slice(1));
	return ['CONF = {}', 'def set_defaults():', '    dict(', '        allow_methods=[\'GET\',', ...context, ''].join('\n');
};

/** A tree with nothing but the file that the patch changes. */
export const writeTree = async (root: string, text: string): Promise<string> => {
	await mkdir(path.join(root, 'trove', 'common'), {recursive: true});
	await writeFile(path.join(root, 'trove', 'common', 'cfg.py'), text);
	return root;
};

/** Runs what a test prepares with; a failure is the test's. */
export const must = async (t: ExecutionContext, command: string, args: readonly string[], options: Parameters<typeof runCommand>[2] = {}): Promise<string> => {
	const {code, stdout, stderr} = await runCommand(command, args, options);
	if (code !== 0) {
		t.fail(`${command} ${args.join(' ')}: ${stderr}`);
	}

	return stdout;
};
