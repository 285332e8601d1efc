import {access, mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {runCommand, type Outcome} from '../helpers/runCommand.js';

export type Dependencies = {
	/** Debian's package of the program that is tested. It brings most as its dependencies; of itself only they are used. */
	readonly program: string;
	/** Further packages that the program or its tests import. */
	readonly others: readonly string[];
};

export const troveDependencies: Dependencies = {
	program: 'python3-trove',
	others: [
		'python3-testtools', 'python3-oslotest', 'python3-barbicanclient', 'python3-docker', 'python3-pyroute2',
		'python3-semantic-version', 'python3-psycopg2', 'python3-oslo.cache', 'python3-troveclient', 'python3-osc-lib', 'python3-requests-mock', 'python3-pip', 'python3-setuptools', 'python3-wheel', 'python3-coverage',
	],
};

/** The variables with which the system's Python sees what is unpacked below `root`, after the directories of `first`. */
export const pythonEnvironment = (root: string, first: readonly string[]): Readonly<Record<string, string>> => ({
	PATH: '/usr/bin:/bin',
	PYTHONPATH: [...first, path.join(root, 'usr/lib/python3/dist-packages')].join(':'),
	PYTHONWARNINGS: 'ignore',
	LD_LIBRARY_PATH: process.arch === 'arm64' ? path.join(root, 'usr/lib/aarch64-linux-gnu') : path.join(root, 'usr/lib/x86_64-linux-gnu'),
	// A tree of git does not know its version.
	PBR_VERSION: '1.0.0',
	LC_ALL: 'C.UTF-8',
});

const download = async (archives: string, {program, others}: Dependencies): Promise<Outcome> => runCommand('apt-get', [
	'-q', '-y', '-o', `Dir::Cache::archives=${archives}`, '-o', 'Debug::NoLocking=1', 'install', '--no-install-recommends', '--download-only', program, ...others,
], {timeout: 300_000});

const unpack = async (archives: string, root: string, program: string): Promise<void> => {
	for (const file of await readdir(archives)) {
		if (file.endsWith('.deb') && !file.startsWith(`${program}_`)) {
			const {code, stderr} = await runCommand('dpkg-deb', ['-x', path.join(archives, file), root]);
			if (code !== 0) {
				throw new Error(`${file}: ${stderr}`);
			}
		}
	}
};

export const isThere = async (file: string): Promise<boolean> => access(file).then(() => true, () => false);

/** Says in `root` what was asked for: what another version of the tests wanted is not enough. */
const listFile = 'packages.txt';

/**
 * Unpacks the dependencies into `root`, unless they are there; nothing is installed on the machine.
 * Returns why that is not possible, or undefined.
 */
export const prepareDependencies = async (root: string, dependencies: Dependencies): Promise<string | undefined> => {
	const list = [dependencies.program, ...dependencies.others].join('\n');
	if (await readFile(path.join(root, listFile), 'utf8').catch(() => undefined) === list) {
		return undefined;
	}

	const [archives, unpacked] = [`${root}.archives`, `${root}.new`];
	await rm(unpacked, {recursive: true, force: true});
	await mkdir(path.join(archives, 'partial'), {recursive: true});
	await mkdir(unpacked, {recursive: true});
	let outcome = await download(archives, dependencies);
	if (outcome.code !== 0) {
		await runCommand('apt-get', ['-q', 'update'], {timeout: 300_000});
		outcome = await download(archives, dependencies);
	}

	if (outcome.code !== 0) {
		return `apt-get cannot download the dependencies of ${dependencies.program}: ${outcome.stderr.trim().split('\n').at(-1) ?? ''}`;
	}

	await unpack(archives, unpacked, dependencies.program);
	await rm(archives, {recursive: true, force: true});
	await writeFile(path.join(unpacked, listFile), list);
	await rm(root, {recursive: true, force: true});
	await rename(unpacked, root);
	return undefined;
};
