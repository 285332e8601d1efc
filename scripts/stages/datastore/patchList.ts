import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {releases} from '../../config/schema/releases.js';
import {packageRoot} from '../../packageRoot.js';
import {readPatch} from './patchFile.js';

export type ListedPatch = {
	readonly name: string;
	/** `patch`: changes a file of Trove. `package`: is installed beside a program, which stays as it is. */
	readonly kind: 'patch' | 'package';
	readonly version?: string;
	/** What is changed, or where it is installed. */
	readonly place: string;
	readonly purpose: string;
	readonly releases: readonly string[];
};

/** Name, version and description of a pyproject.toml that writes each on a line of its own. */
export const readProject = (text: string): {readonly name: string; readonly version: string; readonly description: string} => {
	const value = (key: string): string => {
		const match = new RegExp(`^${key} = "(.+)"$`, 'mu').exec(text);
		if (!match) {
			throw new Error(`pyproject.toml has no ${key}.`);
		}

		return match[1]!;
	};

	return {name: value('name'), version: value('version'), description: value('description')};
};

/** Directory of the Python package's source. */
export const packageSource = path.join(packageRoot, 'patches', 'trove-k2hdkc');

/** Directories below `patches` of the Python packages, where each is installed, and the releases it is for. */
const packages: ReadonlyArray<readonly [directory: string, place: string, releases: readonly string[]]> = [
	['trove-k2hdkc', 'Python packages of the controllers and of the guest image', releases],
	['trove-dashboard-k2hdkc', 'Python packages of the dashboard', releases],
	['nova-incus', 'Python packages of the compute service of the sandbox', ['2025.1']],
	['cinder-file', 'Python packages of the volume service of the sandbox', ['2025.1']],
];

const listPackage = async ([directory, place, releases]: (typeof packages)[number]): Promise<ListedPatch> => {
	const {name, version, description} = readProject(await readFile(path.join(packageRoot, 'patches', directory, 'pyproject.toml'), 'utf8'));
	return {name, kind: 'package', version, place, purpose: description, releases};
};

/** Everything this project changes in OpenStack or adds to it. */
export const listPatches = async (): Promise<readonly ListedPatch[]> => {
	const patch = await readPatch();
	return [
		{name: patch.name, kind: 'patch', place: patch.target, purpose: patch.subject, releases},
		...await Promise.all(packages.map(async each => listPackage(each))),
	];
};
