import {setTimeout as sleep} from 'node:timers/promises';
import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {ToolError} from '../../errors/toolError.js';
import {CommandError} from '../../machines/commandError.js';
import {request} from '../../openstack/api.js';
import {httpRequest} from '../../openstack/http.js';
import type {Probe, StepContext} from '../../pipeline/types.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {commandFor} from '../nameOptions.js';
import {asStack, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {asBefore, sourceVariables, unfetched, withFetched} from './fetchedSources.js';
import {allFetched, missingParts} from './fetchedState.js';
import {chosenAddress} from './hostAddress.js';
import {recorded} from './hostRecord.js';
import {localConfInputs} from './localConf.js';
import {pluginHash} from './plugin.js';
import {repositorySource} from './repositories.js';
import {afterwards, cleanScript, parseStackState, phaseOf, servicesProbe, stackProbe, stackScript, stateScript, type StackState} from './stackState.js';
import {devstackRepositories} from './support.js';

/** Directory of stack.sh. */
export const place = ({paths}: Pick<DevstackEnv, 'paths'>): string => `${paths.directory}/devstack`;

/** Address of Keystone, behind Apache. Undefined while it is not clear which address of the machine is meant. */
export const identityUrl = ({facts, config}: Pick<DevstackEnv, 'facts' | 'config'>): string | undefined => {
	const address = chosenAddress(facts, config.devstack);
	return address === undefined ? undefined : `http://${address}/identity`;
};

const keystoneAnswers = async (env: DevstackEnv): Promise<boolean> => {
	const url = identityUrl(env);
	return url !== undefined && request(env.host, {url, allow: [200, 300], timeout: 10}).then(() => true, () => false);
};

/** APIs that every DevStack has: others ask them as soon as its services run, and each starts in its own time. */
const always = ['compute', 'image', 'network', 'placement'] as const;

/** Whether there is an answer. What it says is not asked: without a token that is a refusal. Apache answers 503 for an API that is not there yet. */
export const answers = async ({host}: Pick<DevstackEnv, 'host'>, url: string): Promise<boolean> =>
	httpRequest(host, {url, timeout: 10}).then(({status}) => status < 500, () => false);

const apisAnswer = async (env: DevstackEnv): Promise<boolean> => {
	const all = await Promise.all(always.map(async name => answers(env, env.api.url[name])));
	return all.every(Boolean);
};

const servicesAnswer = async (env: DevstackEnv): Promise<boolean> => await keystoneAnswers(env) && apisAnswer(env);

/** Seconds until a service answers that has just been started. */
const startTime = 120;

/** Waits as long as a service takes to start. That it does not answer is for others to judge. */
export const waitUntil = async ({config: {timeouts: {scale}}}: Pick<DevstackEnv, 'config'>, isThere: () => Promise<boolean>, signal: AbortSignal): Promise<void> => {
	for (let second = 0; second < startTime * scale && !await isThere(); second += 2) {
		await sleep(2000, undefined, {signal});
	}
};

const stateOf = async (env: DevstackEnv): Promise<StackState> => {
	const {stdout} = await env.host.run(['sh', '-euc', stateScript, 'sh', place(env)], {timeout: 30});
	return parseStackState(stdout);
};

/** Whether the services run, as the step and the summary ask it. */
export const lookAtServices = async (env: DevstackEnv): Promise<Probe> => {
	const state = await stateOf(env);
	return servicesProbe(state, state.units.length > 0 && await servicesAnswer(env));
};

/** $1: where jobs of the environment are. Prints the end of what the last run of stack.sh has said: much comes after what made it fail. */
const saidScript = 'cd "$1/jobs" && tail --lines=3000 "$(ls -t devstack.stack.*.log | head -n 1)"';

/** Names what stack.sh has asked for and nobody has fetched; undefined when it failed of something else. */
const notFetched = async ({host, config, paths}: DevstackEnv): Promise<ToolError | undefined> => {
	const {stdout} = await host.run(['sh', '-euc', saidScript, 'sh', paths.environment], {allow: 'any', timeout: 30});
	const what = unfetched(stdout.split('\n'));
	if (what === undefined) {
		return undefined;
	}

	return new ToolError('K2D6061', `stack.sh asked for ${hideUrlPasswords(what)}, which is not among what was fetched for it`, {
		remedy: `While there is a network, run \`${commandFor(config, 'fetch --fresh')}\` with the options of this command, then resume.`,
	});
};

type Program = {
	readonly name: 'stack.sh' | 'clean.sh';
	readonly script: string;
	/** With what was fetched for it, from this directory. */
	readonly fetched?: string | undefined;
};

/** Runs a program of DevStack as its user, with what it changes of the machine noted. A failure names the program, not the script around it. */
const runProgram = async ({env, job}: Pick<StepContext<DevstackEnv>, 'env' | 'job'>, {name, script, fetched}: Program): Promise<void> => {
	const words = asStack(env.paths, ['sh', '-euc', script, 'sh', place(env), env.config.devstack.ranges.floating]);
	try {
		await job(env.host, recorded(env.paths, fetched === undefined ? asBefore(words) : withFetched(fetched, place(env), words)), {
			env: {...proxyEnvironment(env.config.proxy), ...sourceVariables(fetched, env.config.sources)},
		});
	} catch (error) {
		if (!(error instanceof CommandError)) {
			throw error;
		}

		throw (fetched === undefined ? undefined : await notFetched(env)) ?? new CommandError({...error, argv: [`${place(env)}/${name}`]});
	}
};

/** OpenStack itself. Its data goes when it is made anew, so that is asked first. `fetchedBy`: steps that bring ahead what it would ask outside for. */
export const stack = (needs: readonly string[], fetchedBy: readonly string[]): DevstackStep => ({
	id: 'devstack.stack',
	stage: 'control-plane',
	title: 'stack.sh of DevStack',
	needs: ['devstack.host', 'devstack.local-conf', 'devstack.plugin', ...needs],
	inputs: env => ({
		...localConfInputs({...env, facts: {...env.facts, nameServers: []}}),
		plugin: pluginHash(),
		refs: Object.fromEntries(devstackRepositories(env.config.components).map(name => [name, repositorySource(env.config, name).ref])),
	}),
	...(fetchedBy.length > 0 ? {fetchedBy} : {asksAnew: true}),
	reaches: ({fetched}) => fetched === undefined ? ['the mirrors of the distribution', 'the Python package index', 'what sources.devstack names'] : missingParts(fetched),
	probe: async ({env}) => stackProbe(await stateOf(env)),
	async apply(context) {
		const fetched = allFetched(context.env.fetched);
		if (fetched !== undefined) {
			context.progress.say(`with what was fetched for it, in ${fetched}, and nothing from outside`);
		}

		await runProgram(context, {name: 'stack.sh', script: stackScript, fetched});
	},
	phase: phaseOf,
	noise: afterwards,
	undo: {
		depth: 'sources',
		async undo(context) {
			const {code} = await context.env.host.run(['test', '-d', place(context.env)], {allow: [0, 1]});
			if (code === 0) {
				await runProgram(context, {name: 'clean.sh', script: cleanScript});
			}
		},
	},
	rerun: 'undo-always',
	timeout: 4 * 3600,
	idleTimeout: 1800,
	expected: 3000,
});

/** Stopped by `down`, started by `up`. What the distribution has of its own (MySQL, RabbitMQ, Apache) goes on meanwhile. */
export const services: DevstackStep = {
	id: 'devstack.services',
	stage: 'control-plane',
	title: 'Services of DevStack',
	needs: ['devstack.network'],
	inputs: () => ({}),
	probe: async ({env}) => lookAtServices(env),
	async apply({env, job, signal}) {
		const stopped = (await stateOf(env)).units.filter(({runs}) => !runs).map(({name}) => name);
		if (stopped.length > 0) {
			await job(env.host, ['systemctl', 'start', ...stopped]);
		}

		await waitUntil(env, async () => servicesAnswer(env), signal);
	},
	undo: {
		depth: 'services',
		async undo({env, job}) {
			const running = (await stateOf(env)).units.filter(({runs}) => runs).map(({name}) => name);
			if (running.length > 0) {
				await job(env.host, ['systemctl', 'stop', ...running]);
			}
		},
	},
	own: true,
	volatile: true,
	timeout: 600,
	idleTimeout: 600,
	expected: 60,
};
