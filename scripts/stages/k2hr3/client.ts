import {ToolError} from '../../errors/toolError.js';
import {runClient} from '../../k2hr3/client.js';
import type {Checked} from '../../k2hr3/documents.js';
import {addressOptions} from '../../k2hr3/options.js';
import {insideCloudsYaml} from '../controlPlane/credentials.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {k2hr3Address} from './facts.js';

/** The words, to be run in the machine, that run the client of K2HR3 with credentials; for the project admin, or another one. */
export const k2hr3Command = ({machineName}: Pick<SandboxEnv, 'machineName'>, args: readonly string[], project?: string): readonly string[] => [
	'env', `OS_CLIENT_CONFIG_FILE=${insideCloudsYaml}`, `OS_CLOUD=${machineName}`, ...(project === undefined ? [] : [`OS_PROJECT_NAME=${project}`]),
	'python3', '-m', 'trove_k2hdkc.k2hr3', ...args,
];

/** A request to the API, and a token of Keystone exchanged for one of K2HR3, which it keeps in its ring. @throws ToolError K2D7002 to K2D7014 */
export const checkK2hr3 = async (env: SandboxEnv, signal: AbortSignal): Promise<Checked> =>
	await runClient(env.machine, k2hr3Command(env, ['check', ...addressOptions(k2hr3Address(env)) ?? []]), signal) as Checked;

/** The same, with what is wrong with K2HR3 as an answer; other errors are thrown. */
export const tryK2hr3 = async (env: SandboxEnv, signal: AbortSignal): Promise<Checked | {readonly fault: string}> => {
	try {
		return await checkK2hr3(env, signal);
	} catch (error) {
		if (error instanceof ToolError && error.code.startsWith('K2D70')) {
			return {fault: error.message};
		}

		throw error;
	}
};
