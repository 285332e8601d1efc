import {runFetch} from './fetching.js';
import type {SourceAccess} from './types.js';

/** Wheels of the Python package index. */
export type WantedWheels = {
	/** File on the machine that pins each of them, in the form of pip's requirements files: with checksums these are held to. */
	readonly list: string;
	/** How they are called in what people read. */
	readonly what: string;
	/** Version of Python that they are for, where it is another than the machine's: such as 3.10. Then they are those for amd64. */
	readonly python?: string;
};

/** The C library of Ubuntu 22.04, the oldest that guests have, takes all of these. */
const platforms = ['manylinux_2_28', 'manylinux_2_17', 'manylinux_2_12', 'manylinux_2_5'] as const;

/** Fetches wheels into the directory `into`; what they need is not fetched. @throws ToolError K2D6001, K2D6006 */
export const fetchWheels = async ({list, what, python}: WantedWheels, into: string, access: SourceAccess): Promise<void> => {
	const {index} = access.python;
	await runFetch(access, `the Python package index (${what})`, [
		'python3', '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:',
		...(index === 'host' ? [] : [`--index-url=${index}`]),
		...(python === undefined ? [] : ['--implementation=cp', `--python-version=${python}`, ...platforms.map(platform => `--platform=${platform}_x86_64`)]),
		`--dest=${into}`, `--requirement=${list}`,
	]);
};
