import type {Machine} from '../../../scripts/machines/types.js';

/** A host with a directory that K2HDKC is installed in, or that has these files instead. */
export const hostWith = (files?: readonly string[]): {readonly host: Machine} => {
	const answers: Readonly<Record<string, {readonly code: number; readonly stdout: string; readonly stderr: string}>> = {
		test: {code: files === undefined ? 0 : 1, stdout: '', stderr: ''},
		find: {code: 0, stdout: (files ?? []).join('\n'), stderr: ''},
	};
	return {host: {run: async ([program = '']: readonly string[]) => answers[program]!} as unknown as Machine};
};
