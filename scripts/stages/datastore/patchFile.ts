import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {packageRoot} from '../../packageRoot.js';

/** A patch as this project ships it: a message in prose, then one changed file. */
export type PatchFile = {
	readonly name: string;
	readonly subject: string;
	/** The changed file, below the directory the patch is applied in. */
	readonly target: string;
	readonly text: string;
};

export const parsePatch = (name: string, text: string): PatchFile => {
	const subject = text.split('\n', 1)[0] ?? '';
	const targets = [...text.matchAll(/^\+\+\+ b\/(\S+)/gmu)].map(match => match[1]!);
	if (subject === '' || targets.length !== 1) {
		throw new Error(`${name} must begin with its subject and change one file.`);
	}

	return {name, subject, target: targets[0]!, text};
};

const fileName = 'datastore-options.patch';

/** The one hunk, see docs/datastore.md. The same for every release. */
export const readPatch = async (): Promise<PatchFile> =>
	parsePatch(fileName, await readFile(path.join(packageRoot, 'patches', 'trove', fileName), 'utf8'));
