import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../../errors/toolError.js';
import type {OpenstackApi} from '../../openstack/api.js';
import type {Probe} from '../../pipeline/types.js';
import {resourceClasses} from '../resourceClasses.js';
import type {DevstackEnv, DevstackStep} from './devstackEnv.js';

/** Of Placement: what one provider of resources has in all, by class. */
export type Provider = {readonly name: string; readonly totals: Readonly<Record<string, number>>};

/** Whether the scheduler finds a host for a server. Neutron's providers, of bandwidth, are none. */
export const inventoryProbe = (providers: readonly Provider[]): Probe => {
	const hosts = providers.filter(({totals}) => resourceClasses.some(name => name in totals));
	if (hosts.length === 0) {
		return {state: 'absent', evidence: 'Placement knows no host for servers'};
	}

	const lacks = hosts.flatMap(({name, totals}) => resourceClasses.filter(resource => !((totals[resource] ?? 0) > 0)).map(resource => `no ${resource} of ${name}`));
	return lacks.length > 0
		? {state: 'broken', evidence: `Placement has ${lacks.join(', ')}`}
		: {state: 'present', evidence: hosts.map(({name, totals}) => `${name}: ${resourceClasses.map(resource => `${totals[resource]} ${resource}`).join(', ')}`).join('; ')};
};

const ask = async <T>(api: OpenstackApi, where: string): Promise<T> => (await api.request({url: `${api.url.placement}${where}`, timeout: 10})).body as T;

const providersOf = async (api: OpenstackApi): Promise<readonly Provider[]> => {
	const {resource_providers: found} = await ask<{readonly resource_providers: ReadonlyArray<{readonly uuid: string; readonly name: string}>}>(api, '/resource_providers');
	return Promise.all(found.map(async ({uuid, name}) => {
		const {inventories} = await ask<{readonly inventories: Readonly<Record<string, {readonly total: number}>>}>(api, `/resource_providers/${uuid}/inventories`);
		return {name, totals: Object.fromEntries(Object.entries(inventories).map(([resource, {total}]) => [resource, total]))};
	}));
};

const probeInventory = async ({api}: Pick<DevstackEnv, 'api'>): Promise<Probe> => {
	try {
		return inventoryProbe(await providersOf(api));
	} catch (error) {
		if (!(error instanceof ToolError)) {
			throw error;
		}

		return {state: 'absent', evidence: `Placement does not answer: ${error.message}`};
	}
};

const computeUnit = 'devstack@n-cpu.service';

const computeHasDied = async ({host}: Pick<DevstackEnv, 'host'>): Promise<boolean> => {
	const {stdout} = await host.run(['systemctl', 'is-active', computeUnit], {allow: 'any', timeout: 30});
	return stdout.trim() === 'failed';
};

/** Seconds that Nova's compute service has to tell Placement of its host: it does so once a minute. */
const patience = 180;

/** Before it, the scheduler would find no valid host for a server, and the server would be lost. */
export const inventory: DevstackStep = {
	id: 'devstack.inventory',
	stage: 'control-plane',
	title: 'Resources of the machine for servers, as Placement has them',
	needs: ['devstack.services'],
	inputs: () => ({}),
	probe: async ({env}) => probeInventory(env),
	async apply({env, signal, progress}) {
		let found = await probeInventory(env);
		for (let second = 0; found.state !== 'present'; second += 2) {
			const hasDied = await computeHasDied(env);
			if (hasDied || second >= patience * env.config.timeouts.scale) {
				throw new ToolError('K2D2210', hasDied ? `${found.evidence}, and ${computeUnit} has ended with a failure.` : `${found.evidence}, ${second} s after the services began.`);
			}

			progress.say(`waiting since ${second} s: ${found.evidence}`);
			await sleep(2000, undefined, {signal});
			found = await probeInventory(env);
		}
	},
	undo: {nothingLeft: 'Placement has it in DevStack\'s database'},
	own: true,
	volatile: true,
	timeout: 300,
	idleTimeout: 300,
	expected: 5,
};
