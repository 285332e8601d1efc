import {cp, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {runCommand} from '../../helpers/runCommand.js';

/** A root of few packages: made by the same step in a tenth of the time. */
const packages = 'system: [systemd, logrotate]\n';

export type SmallTool = {
	/** Its entry point. */
	readonly main: string;
	/** Directories of its own for what it keeps, as configuration; removed after the test. */
	readonly state: string;
	readonly cache: string;
};

/** The built tool as it is, but for the list of packages of the sandbox's root. */
export const createSmallTool = async (t: ExecutionContext): Promise<SmallTool> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-e2e-small-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	await cp('dist/scripts', path.join(directory, 'dist/scripts'), {recursive: true});
	for (const entry of ['conf', 'patches', 'docs', 'package.json']) {
		await cp(entry, path.join(directory, entry), {recursive: true});
	}

	await symlink(path.resolve('node_modules'), path.join(directory, 'node_modules'));
	await writeFile(path.join(directory, 'conf/sandbox/packages.yaml'), packages);
	const [state, cache] = [path.join(directory, 'state'), path.join(directory, 'cache')];
	await mkdir(state);
	await mkdir(cache);
	return {main: path.join(directory, 'dist/scripts/cli/main.js'), state, cache};
};

/** A file system of a given size on a directory, gone after the test. Returns what changes its size. */
export const limitSpace = async (t: ExecutionContext, directory: string, size: string): Promise<(size: string) => Promise<void>> => {
	const mount = async (...args: readonly string[]): Promise<void> => {
		const {code, stderr} = await runCommand('mount', [...args, directory]);
		t.is(code, 0, stderr);
	};

	await mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs');
	t.teardown(async () => runCommand('umount', ['--lazy', directory]));
	return async other => mount('-o', `remount,size=${other}`);
};
