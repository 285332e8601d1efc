import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {releases} from '../../config/schema/releases.js';
import {packageRoot} from '../../packageRoot.js';
import {readPatch} from './patchFile.js';

export type ListedPatch = {
	readonly name: string;
	/** `patch`: changes a file of Trove. `package`: is installed beside Trove, which stays as it is. */
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

/** Directory of the source of the Python package for Horizon. */
export const dashboardSource = path.join(packageRoot, 'patches', 'trove-dashboard-k2hdkc');

/** Everything this project changes in or adds to Trove and its dashboard. */
export const listPatches = async (): Promise<readonly ListedPatch[]> => {
	const [patch, project] = [await readPatch(), readProject(await readFile(path.join(packageSource, 'pyproject.toml'), 'utf8'))];
	return [
		{name: patch.name, kind: 'patch', place: patch.target, purpose: patch.subject, releases},
		{name: project.name, kind: 'package', version: project.version, place: 'Python packages of the controllers and of the guest image', purpose: project.description, releases},
	];
};
