import {mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fetchSdist} from '../../scripts/sources/pypi.js';
import type {SourceAccess} from '../../scripts/sources/types.js';
import {fetchWheels} from '../../scripts/sources/wheels.js';
import {runCommand} from '../helpers/runCommand.js';
import {isThere, prepareDependencies, pythonEnvironment} from './dependencies.js';

/** A Python package of ours that is a driver of a program of OpenStack. */
export type Driver = {
	/** Its directory below `patches`. */
	readonly name: string;
	readonly program: string;
	/** The release of the sandbox: Debian trixie has the same. */
	readonly version: string;
	/** What the program wants newer than the host's packages have it. */
	readonly wheels: readonly string[];
};

export const drivers: readonly Driver[] = [
	// Nova says by traits what a driver can do.
	{name: 'nova-incus', program: 'nova', version: '31.0.0', wheels: ['os-traits==3.3.0']},
	{name: 'cinder-file', program: 'cinder', version: '26.0.0', wheels: []},
];

/** Fetches the program's source and the wheels into `directory`, unless they are there. */
const fetchProgram = async ({program, version, wheels}: Driver, directory: string, access: SourceAccess): Promise<void> => {
	if (await isThere(directory)) {
		return;
	}

	const partial = `${directory}.new`;
	await rm(partial, {recursive: true, force: true});
	await mkdir(partial, {recursive: true});
	const {root} = await fetchSdist(program, version, partial, access);
	if (wheels.length > 0) {
		const list = path.join(partial, 'wheels.txt');
		await writeFile(list, wheels.join('\n'));
		await fetchWheels({list, what: wheels.join(', ')}, partial, access);
	}

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

export type DriverTests = {readonly name: string; readonly tests: string; readonly cwd: string; readonly env: Readonly<Record<string, string>>};

/**
 * The program's source and its dependencies below `workDirectory`, kept for the next run: where and with which variables the
 * tests of the driver run. Throws where they cannot be had.
 */
export const prepareDriver = async (driver: Driver, workDirectory: string, access: SourceAccess): Promise<DriverTests> => {
	const {name, program, version} = driver;
	const [root, tree] = [path.join(workDirectory, `${program}-dependencies`), path.join(workDirectory, `${program}-${version}`)];
	const reason = await prepareDependencies(root, {program: `python3-${program}`, others: ['python3-testtools', 'python3-fixtures', 'python3-oslotest']});
	if (reason !== undefined) {
		throw new Error(reason);
	}

	await fetchProgram(driver, tree, access);
	const cwd = path.resolve('patches', name);
	return {
		name: `${name} (${program} ${version})`, tests: `${name.replace('-', '_')}/tests`, cwd,
		env: {...pythonEnvironment(root, [cwd, tree]), PYTHONDONTWRITEBYTECODE: '1'},
	};
};
