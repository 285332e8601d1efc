import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {sourceHash} from '../pythonPackage.js';
import {packageSource} from './patchList.js';

/** Content of the Python package as one hash. */
export const packageHash = (): string => sourceHash(packageSource);

/** Content of the hunk. */
export const patchHash = (): string => createHash('sha256').update(readFileSync(path.join(packageSource, '../trove/datastore-options.patch'))).digest('hex');

/** What of this project is inside Trove: a change means that Trove's processes start anew. */
export const troveAdditions = (): unknown => ({patch: patchHash(), package: packageHash()});
