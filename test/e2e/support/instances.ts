import type {Cloud} from './cloud.js';
import {until} from './servers.js';
import {openTrove} from './trove.js';

export type Instance = {
	readonly id: string;
	readonly status: string;
	readonly operating_status?: string;
	readonly fault?: {readonly message: string};
};

/** States that pass by themselves. */
const passing = new Set(['BUILD', 'REBOOT', 'RESIZE', 'UPGRADING', 'RESTARTING']);

/** What the tests ask of Trove, by its API only. */
export const openInstances = (cloud: Cloud) => {
	const {ask, find: findIn} = openTrove(cloud);
	const find = async (id: string): Promise<Instance | undefined> => findIn('instance', id);

	return {
		find,
		async create(instance: object): Promise<string> {
			return (await ask<{instance: Instance}>('POST', '/instances', {instance})).instance.id;
		},
		async action(id: string, action: object): Promise<void> {
			await ask('POST', `/instances/${id}/action`, action);
		},
		/** Until Trove is done with it; throws with Trove's reason when that went wrong. */
		async settled(id: string, wanted: readonly string[]): Promise<Instance> {
			return until(`instance ${id} is ${wanted.join(' or ')}`, async () => {
				const instance = await find(id);
				if (instance === undefined || !(passing.has(instance.status) || wanted.includes(instance.status))) {
					throw new Error(`instance ${id} is ${instance?.status ?? 'gone'}: ${instance?.fault?.message ?? 'no reason'}`);
				}

				return wanted.includes(instance.status) ? instance : undefined;
			});
		},
		async remove(id: string): Promise<void> {
			await ask('DELETE', `/instances/${id}`);
			await until(`instance ${id} is gone`, async () => await find(id) === undefined ? true : undefined);
		},
		async createConfiguration(configuration: object): Promise<string> {
			return (await ask<{configuration: {id: string}}>('POST', '/configurations', {configuration})).configuration.id;
		},
		/** Replaces the values that are named. */
		async changeConfiguration(id: string, values: object): Promise<void> {
			await ask('PATCH', `/configurations/${id}`, {configuration: {values}});
		},
		async removeConfiguration(id: string): Promise<void> {
			await ask('DELETE', `/configurations/${id}`);
		},
	};
};
