import {mkdir, readdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {fetchSdist} from '../../scripts/sources/pypi.js';
import type {SourceAccess} from '../../scripts/sources/types.js';
import {fetchWheels} from '../../scripts/sources/wheels.js';
import {runCommand} from '../helpers/runCommand.js';
import {isThere, prepareDependencies, pythonEnvironment, type Dependencies} from './dependencies.js';

/** The release of the sandbox: Debian trixie has the same. */
const version = '31.0.0';

/** Nova says by traits what a driver can do, and the host's package may not know all of them. */
const wheels = ['os-traits==3.3.0'];

const dependencies: Dependencies = {program: 'python3-nova', others: ['python3-testtools', 'python3-fixtures', 'python3-oslotest']};

/** Fetches Nova's source and the wheels into `directory`, unless they are there. */
const fetchNova = async (directory: string, access: SourceAccess): Promise<void> => {
	if (await isThere(directory)) {
		return;
	}

	const partial = `${directory}.new`;
	await rm(partial, {recursive: true, force: true});
	await mkdir(partial, {recursive: true});
	const {root} = await fetchSdist('nova', version, partial, access);
	await fetchWheels(wheels, partial, access);
	for (const file of await readdir(partial)) {
		if (file.endsWith('.whl')) {
			const {code, stderr} = await runCommand('python3', ['-m', 'zipfile', '-e', path.join(partial, file), root]);
			if (code !== 0) {
				throw new Error(`${file}: ${stderr}`);
			}
		}
	}

	await rename(root, directory);
	await rm(partial, {recursive: true, force: true});
};

export type NovaTests = {readonly name: string; readonly cwd: string; readonly env: Readonly<Record<string, string>>};

/**
 * Nova's source and its dependencies below `workDirectory`, kept for the next run: where and with which variables the
 * tests of patches/nova-incus run. Throws where they cannot be had.
 */
export const prepareNova = async (workDirectory: string, access: SourceAccess): Promise<NovaTests> => {
	const [root, tree] = [path.join(workDirectory, 'nova-dependencies'), path.join(workDirectory, `nova-${version}`)];
	const reason = await prepareDependencies(root, dependencies);
	if (reason !== undefined) {
		throw new Error(reason);
	}

	await fetchNova(tree, access);
	const cwd = path.resolve('patches/nova-incus');
	return {name: `nova-incus (nova ${version})`, cwd, env: {...pythonEnvironment(root, [cwd, tree]), PYTHONDONTWRITEBYTECODE: '1'}};
};
