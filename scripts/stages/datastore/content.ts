import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {packageSource} from './patchList.js';

/** Content of the Python package as one hash: what a change of a file in it shows by. */
export const packageHash = (): string => {
	const digest = createHash('sha256');
	for (const name of readdirSync(packageSource, {recursive: true, encoding: 'utf8'}).toSorted()) {
		if (/\.(?:py|toml|md|template|json)$/.test(name) && !/^build\/|egg-info/.test(name)) {
			digest.update(`${name}\0`).update(readFileSync(path.join(packageSource, name)));
		}
	}

	return digest.digest('hex');
};

/** Content of the hunk. */
export const patchHash = (): string => createHash('sha256').update(readFileSync(path.join(packageSource, '../trove/datastore-options.patch'))).digest('hex');

/** What of this project is inside Trove: a change means that Trove's processes start anew. */
export const troveAdditions = (): unknown => ({patch: patchHash(), package: packageHash()});
