import {ToolError} from '../errors/toolError.js';
import {runFetch, unreachable} from './fetching.js';
import {pythonExit, sdistProgram} from './python.js';
import type {SourceAccess, SourceTree} from './types.js';

/** How the index is called in what people read. */
export const pythonIndex = 'the Python package index';

/** Fetches and unpacks a source distribution into the empty directory `into`; nothing of it is run. */
export const fetchSdist = async (name: string, version: string, into: string, access: SourceAccess): Promise<SourceTree> => {
	const source = `${name} ${version} of the Python package index`;
	const {code, stdout, stderr} = await runFetch(access, source, ['python3', '-c', sdistProgram], {
		input: JSON.stringify({name, version, into, index: access.python.index}),
		allow: [0, ...Object.values(pythonExit)],
	});
	switch (code) {
		case pythonExit.noPip: {
			throw new ToolError('K2D6006', 'python3 has no pip, which knows where the Python package index is.', {
				remedy: 'Install pip, on Debian with `apt-get install python3-pip`, or name another source under sources.trove.',
			});
		}

		case pythonExit.noSuchVersion: {
			throw unreachable(source, 'the index has no source distribution of this version, or does not answer', {lastLines: stderr.trim().split('\n')});
		}

		case pythonExit.wrongChecksum: {
			throw new ToolError('K2D6003', `${source} has the wrong checksum: ${stderr.trim().split('\n').at(-1)}.`);
		}

		default: {
			const {root, sha256} = JSON.parse(stdout) as {readonly root: string; readonly sha256: string};
			return {root, ref: `${name} ${version}, sha256 ${sha256.slice(0, 12)}`};
		}
	}
};
