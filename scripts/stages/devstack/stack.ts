import {setTimeout as sleep} from 'node:timers/promises';
import {CommandError} from '../../machines/commandError.js';
import {request} from '../../openstack/api.js';
import type {Probe, StepContext} from '../../pipeline/types.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {asStack, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
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

/** Seconds until a service answers that has just been started. */
const startTime = 120;

/** Waits as long as a service takes to start. That it does not answer is for others to judge. */
export const waitUntil = async (answers: () => Promise<boolean>, signal: AbortSignal): Promise<void> => {
	for (let second = 0; second < startTime && !await answers(); second += 2) {
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
	return servicesProbe(state, state.units.length > 0 && await keystoneAnswers(env));
};

/** Runs a program of DevStack as its user, with what it changes of the machine noted. A failure names the program, not the script around it. */
const runProgram = async ({env, job}: Pick<StepContext<DevstackEnv>, 'env' | 'job'>, program: string, script: string): Promise<void> => {
	try {
		await job(env.host, recorded(env.paths, asStack(env.paths, ['sh', '-euc', script, 'sh', place(env), env.config.devstack.ranges.floating])), {env: proxyEnvironment(env.config.proxy)});
	} catch (error) {
		throw error instanceof CommandError ? new CommandError({...error, argv: [`${place(env)}/${program}`]}) : error;
	}
};

/** OpenStack itself. Its data goes when it is made anew, so that is asked first. */
export const stack = (needs: readonly string[]): DevstackStep => ({
	id: 'devstack.stack',
	stage: 'control-plane',
	title: 'stack.sh of DevStack',
	needs: ['devstack.host', 'devstack.local-conf', 'devstack.plugin', ...needs],
	inputs: env => ({
		...localConfInputs({...env, facts: {...env.facts, nameServers: []}}),
		plugin: pluginHash(),
		refs: Object.fromEntries(devstackRepositories(env.config.components).map(name => [name, repositorySource(env.config, name).ref])),
	}),
	asksAnew: true,
	reaches: () => ['the mirrors of the distribution', 'the Python package index', 'what sources.devstack names'],
	probe: async ({env}) => stackProbe(await stateOf(env)),
	apply: async context => runProgram(context, 'stack.sh', stackScript),
	phase: phaseOf,
	noise: afterwards,
	undo: {
		depth: 'sources',
		async undo(context) {
			const {code} = await context.env.host.run(['test', '-d', place(context.env)], {allow: [0, 1]});
			if (code === 0) {
				await runProgram(context, 'clean.sh', cleanScript);
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

		await waitUntil(async () => keystoneAnswers(env), signal);
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
