import type {Config} from '../../config/schema.js';
import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {ToolError} from '../../errors/toolError.js';
import {CommandError} from '../../machines/commandError.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import type {DevstackEnv, DevstackStep} from './devstackEnv.js';
import {changesFor, changeVariables, type ChangedMachine, type HostChange} from './hostChange.js';

/** Exit code of a change that is in effect after the next start of the machine. */
const needsBoot = 75;

const variablesOf = ({config, facts, paths}: DevstackEnv, change: HostChange): Readonly<Record<string, string>> => changeVariables(change, config, facts, paths.environment);

const words = ({functions = ''}: HostChange, script: string): readonly string[] => ['sh', '-euc', `${functions}\n${script}`];

const isAsWanted = async (env: DevstackEnv, change: HostChange): Promise<boolean> =>
	(await env.host.run(words(change, change.probe), {allow: [0, 1], env: variablesOf(env, change), timeout: 60})).code === 0;

const stepOf = (change: HostChange): DevstackStep => ({
	id: `system.${change.id}`,
	stage: 'machine',
	title: change.title,
	needs: change.after === 'stack.sh' ? ['devstack.stack'] : [],
	inputs(env) {
		const variables = variablesOf(env, change);
		const {functions, probe, change: script, undo} = change;
		const used = Object.entries(variables).filter(([name]) => [functions, script].some(text => text?.includes(`$${name}`)));
		return {probe, change: script, undo, ...(functions === undefined ? {} : {functions}), variables: Object.fromEntries(used.map(([name, value]) => [name, hideUrlPasswords(value)]))};
	},
	...(change.reaches === undefined ? {} : {reaches: () => [change.reaches!]}),
	probe: async ({env}) => await isAsWanted(env, change) ? {state: 'present', evidence: change.title} : {state: 'absent', evidence: `${change.title}, since ${change.reason}`},
	async apply({env, job}) {
		// One that waited for a start of the machine has nothing to do any more.
		if (await isAsWanted(env, change)) {
			return;
		}

		try {
			await job(env.host, words(change, change.change), {env: {...proxyEnvironment(env.config.proxy), ...variablesOf(env, change)}});
		} catch (error) {
			throw error instanceof CommandError && error.code === needsBoot ? new ToolError('K2D2011', `${change.title}: in effect after the next start of the machine`) : error;
		}
	},
	undo: {
		depth: 'everything',
		async undo({env, job}) {
			await job(env.host, words(change, change.undo), {env: variablesOf(env, change)});
		},
	},
	timeout: 1800,
	idleTimeout: 600,
	expected: 20,
});

/** Changes of the machine that DevStack needs on its system, before stack.sh and after it. */
export const hostChangeSteps = ({release}: Pick<Config, 'release'>, machine: ChangedMachine | undefined): {readonly before: readonly DevstackStep[]; readonly after: readonly DevstackStep[]} => {
	const changes = machine === undefined ? [] : changesFor(machine, release);
	return {before: changes.filter(({after}) => after === undefined).map(change => stepOf(change)), after: changes.filter(({after}) => after !== undefined).map(change => stepOf(change))};
};
