import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

/** Content and names of all files below a directory of this package as one SHA-256, in hex. */
export const directoryHash = (directory: string): string => {
	const digest = createHash('sha256');
	for (const entry of readdirSync(directory, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile()).map(({parentPath, name}) => path.join(parentPath, name)).toSorted()) {
		digest.update(`${path.relative(directory, entry)}\0`).update(readFileSync(entry)).update('\0');
	}

	return digest.digest('hex');
};
