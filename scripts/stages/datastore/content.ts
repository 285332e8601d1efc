import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {packageSource} from './patchList.js';

/** Content of a Python package as one hash: what a change of a file in it shows by. Default: of trove-k2hdkc. */
export const packageHash = (source = packageSource): string => {
	const digest = createHash('sha256');
	for (const name of readdirSync(source, {recursive: true, encoding: 'utf8'}).toSorted()) {
		if (/\.(?:py|toml|md|template|json|html)$/.test(name) && !/^build\/|egg-info/.test(name)) {
			digest.update(`${name}\0`).update(readFileSync(path.join(source, name)));
		}
	}

	return digest.digest('hex');
};

/** Content of the hunk. */
export const patchHash = (): string => createHash('sha256').update(readFileSync(path.join(packageSource, '../trove/datastore-options.patch'))).digest('hex');

/** What of this project is inside Trove: a change means that Trove's processes start anew. */
export const troveAdditions = (): unknown => ({patch: patchHash(), package: packageHash()});
