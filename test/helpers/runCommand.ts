import {execFile} from 'node:child_process';
import process from 'node:process';
import {promisify} from 'node:util';
import {completePath} from '../../scripts/machines/environment.js';

export type Outcome = {readonly code: number; readonly stdout: string; readonly stderr: string};

type Failure = {readonly code?: number | string; readonly stdout?: string; readonly stderr?: string};

/** Runs a command of the system, not of an npm package, to its end, whatever its exit code; -1 when it could not be started or was killed. */
export const runCommand = async (
	command: string,
	args: readonly string[],
	options: {readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly timeout?: number} = {},
): Promise<Outcome> => {
	try {
		const env = {...options.env ?? process.env};
		const {stdout, stderr} = await promisify(execFile)(command, args, {maxBuffer: 2 ** 26, ...options, env: {...env, PATH: completePath(env.PATH)}});
		return {code: 0, stdout, stderr};
	} catch (error) {
		const {code, stdout = '', stderr = String(error)} = error as Failure;
		return {code: typeof code === 'number' ? code : -1, stdout, stderr};
	}
};
