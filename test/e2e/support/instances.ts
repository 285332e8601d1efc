import type {Cloud} from './cloud.js';
import {until} from './servers.js';

export type Instance = {
	readonly id: string;
	readonly status: string;
	readonly operating_status?: string;
	readonly fault?: {readonly message: string};
};

const port = 8779;

/** States that pass by themselves. */
const passing = new Set(['BUILD', 'REBOOT', 'RESIZE', 'UPGRADING', 'RESTARTING']);

/** What the tests ask of Trove, by its API only. */
export const openInstances = (cloud: Cloud) => {
	const ask = async <T>(method: string, place: string, body?: unknown): Promise<T> => {
		const answer = await cloud.ask(port, `/v1.0/${cloud.project}${place}`, {method, body});
		if (answer.status >= 400) {
			throw new Error(`${method} ${place} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
		}

		return answer.body as T;
	};

	const find = async (id: string): Promise<Instance | undefined> => {
		const {status, body} = await cloud.ask(port, `/v1.0/${cloud.project}/instances/${id}`);
		return status === 404 ? undefined : (body as {instance: Instance}).instance;
	};

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
