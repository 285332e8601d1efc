import {ToolError} from '../../errors/toolError.js';
import {runClient} from '../../k2hr3/client.js';
import type {Checked} from '../../k2hr3/documents.js';
import {addressOptions} from '../../k2hr3/options.js';
import {k2hr3Address} from './facts.js';
import type {K2hr3Env} from './k2hr3Env.js';

/** The words, to be run on the machine, that have the client of K2HR3 do something; undefined without a K2HR3. */
export const k2hr3Command = (env: Pick<K2hr3Env, 'config' | 'k2hr3'>, command: string, args: readonly string[], project?: string): readonly string[] | undefined => {
	const where = addressOptions(k2hr3Address(env), env.k2hr3.authorityFile);
	return where && env.k2hr3.command([command, ...where, ...args], project);
};

/** A request to the API, and a token of Keystone exchanged for one of K2HR3, which it keeps in its ring. @throws ToolError K2D7002 to K2D7014 */
export const checkK2hr3 = async (env: K2hr3Env, signal: AbortSignal): Promise<Checked> =>
	await runClient(env.machine, k2hr3Command(env, 'check', []) ?? [], signal) as Checked;

/** The same, with what is wrong with K2HR3 as an answer; other errors are thrown. */
export const tryK2hr3 = async (env: K2hr3Env, signal: AbortSignal): Promise<Checked | {readonly fault: string}> => {
	try {
		return await checkK2hr3(env, signal);
	} catch (error) {
		if (error instanceof ToolError && error.code.startsWith('K2D70')) {
			return {fault: error.message};
		}

		throw error;
	}
};
