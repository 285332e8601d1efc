import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

/** What Python and pip leave beside sources that were run or built where they lie. */
const isMade = (relative: string): boolean => /(?:^|\/)(?:__pycache__|[^/]+\.egg-info)\//.test(relative);

/** Content and names of all files below a directory of this package as one SHA-256, in hex; what is made of sources is none of them. */
export const directoryHash = (directory: string): string => {
	const digest = createHash('sha256');
	const files = readdirSync(directory, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile()).map(({parentPath, name}) => path.relative(directory, path.join(parentPath, name)));
	for (const file of files.filter(file => !isMade(file)).toSorted()) {
		digest.update(`${file}\0`).update(readFileSync(path.join(directory, file))).update('\0');
	}

	return digest.digest('hex');
};
