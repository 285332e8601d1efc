import type {Config} from '../../config/schema.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {asStack, stackUser, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {editableProbe, installEditableScript, lookAtEditableScript, parseEditable, syncEditableScript} from './editableScripts.js';
import {troveWords} from './moreVersions.js';
import {sourceVariables} from './fetchedSources.js';
import {allFetched} from './fetchedState.js';
import {haveRead, troveReaders, waitForTrove} from './readers.js';

/** The package on the machine, where it is edited. */
const sourceOf = ({paths}: Pick<DevstackEnv, 'paths'>): string => `${paths.plugin}/trove-k2hdkc`;

/** Trove's checkout, from which guests in development mode take the source of their agent. */
const troveOf = ({paths}: Pick<DevstackEnv, 'paths'>): string => `${paths.directory}/trove`;

/** Says which source Trove's services have read. */
const markOf = ({paths}: Pick<DevstackEnv, 'paths'>): string => `${paths.plugin}/package.read`;

/** Runs a script with the Python of Trove as its first argument. */
const withPython = (env: Pick<DevstackEnv, 'paths'>, script: string, args: readonly string[]): readonly string[] =>
	troveWords(env.paths, [], ['-', '-c', 'import os, sys; os.execvp("sh", ["sh", "-euc", sys.argv[1], "sh", sys.executable, *sys.argv[2:]])', script, ...args]);

/** The package trove-k2hdkc as it is edited on the machine: Trove runs from it, its copy in Trove's checkout follows, and Trove's services read it anew. */
const editableStep: DevstackStep = {
	id: 'devstack.editable',
	stage: 'datastore',
	title: 'Package trove-k2hdkc, run from where it is edited',
	// That restarts the same services.
	needs: ['devstack.k2hr3'],
	inputs: env => ({source: sourceOf(env)}),
	async probe({env}) {
		const {stdout} = await env.host.run(withPython(env, lookAtEditableScript, [sourceOf(env), troveOf(env), markOf(env)]), {timeout: 60});
		return editableProbe(sourceOf(env), parseEditable(stdout));
	},
	async apply({env, job, progress, signal}) {
		const {config, host} = env;
		const [source, trove] = [sourceOf(env), troveOf(env)];
		await job(host, withPython(env, installEditableScript, [source]), {env: {...proxyEnvironment(config.proxy), ...sourceVariables(allFetched(env.fetched), config.sources)}});
		// Noted only when all has been done: what is edited meanwhile is of the next run.
		const {stdout} = await host.run(asStack(env.paths, ['sh', '-euc', syncEditableScript, 'sh', source, trove]), {timeout: 60});
		await haveRead(env, troveReaders);
		progress.say('waiting until Trove answers');
		await waitForTrove(env, signal);
		await host.write(markOf(env), stdout, {mode: 0o644, owner: `${stackUser}:${stackUser}`});
	},
	undo: {nothingLeft: 'it goes with the data of DevStack, the copy with Trove\'s checkout'},
	reaches: ({fetched}) => allFetched(fetched) === undefined ? ['the Python package index'] : [],
	own: true,
	timeout: 900,
	idleTimeout: 300,
	expected: 30,
};

/** On request alone: without it the package is installed as any other. */
export const editable = ({devstack}: Pick<Config, 'devstack'>): readonly DevstackStep[] => devstack.editable ? [editableStep] : [];
