import {runFetch} from './fetching.js';
import type {SourceAccess} from './types.js';

/** Fetches wheels of the Python package index, each pinned as `name==version`, into the directory `into`; what they need is not fetched. */
export const fetchWheels = async (pins: readonly string[], into: string, access: SourceAccess): Promise<void> => {
	const {index} = access.python;
	await runFetch(access, `the Python package index (${pins.join(', ')})`, [
		'python3', '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', ...(index === 'host' ? [] : [`--index-url=${index}`]), `--dest=${into}`, ...pins,
	]);
};
