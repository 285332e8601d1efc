import type {Cloud} from './cloud.js';
import {until} from './servers.js';
import {openTrove} from './trove.js';

export type Member = {readonly id: string; readonly name: string; readonly status: string; readonly operating_status?: string};
export type Cluster = {readonly id: string; readonly name: string; readonly task: {readonly name: string}; readonly instances: readonly Member[]};

/** Seconds in which a cluster may do what it is told, with servers that start beside each other on a busy machine. */
const patience = 900;

/** What the tests ask of Trove about clusters, by its API only. */
export const openClusters = (cloud: Cloud) => {
	const {ask, find: findIn} = openTrove(cloud);
	const find = async (id: string): Promise<Cluster | undefined> => findIn('cluster', id);

	/** Of a member its cluster tells only how its server is. */
	const serve = async (members: readonly Member[]): Promise<boolean> => {
		const found = await Promise.all(members.map(async ({id}) => findIn<Member>('instance', id)));
		return found.every(member => member?.operating_status === 'HEALTHY');
	};

	return {
		find, serve,
		/** The one of that name, if there is one. */
		async named(name: string): Promise<Cluster | undefined> {
			const {clusters} = await ask<{clusters: readonly Cluster[]}>('GET', '/clusters');
			const id = clusters.find(cluster => cluster.name === name)?.id;
			return id === undefined ? undefined : find(id);
		},
		async create(cluster: object): Promise<string> {
			return (await ask<{cluster: Cluster}>('POST', '/clusters', {cluster})).cluster.id;
		},
		/** `{grow: […]}`, `{shrink: […]}` or `{restart: {}}`. */
		async action(id: string, action: object): Promise<void> {
			await ask('POST', `/clusters/${id}`, action);
		},
		/** Until the cluster has no task and so many members that all serve; throws when one of them went wrong. */
		async settled(id: string, size: number): Promise<readonly Member[]> {
			return until(`cluster ${id} has ${size} healthy members`, async () => {
				const cluster = await find(id);
				const broken = cluster?.instances.find(({status}) => ['ERROR', 'FAILED'].includes(status));
				if (!cluster || broken) {
					throw new Error(`cluster ${id} is ${cluster ? `broken: ${JSON.stringify(broken)}` : 'gone'}`);
				}

				const ready = cluster.task.name === 'NONE' && cluster.instances.length === size && cluster.instances.every(({status}) => ['ACTIVE', 'HEALTHY'].includes(status));
				return ready && await serve(cluster.instances) ? cluster.instances : undefined;
			}, patience);
		},
		/** Asks for it and does not wait. */
		async removal(id: string): Promise<void> {
			await ask('DELETE', `/clusters/${id}`);
		},
		async gone(id: string): Promise<void> {
			await until(`cluster ${id} is gone`, async () => await find(id) === undefined ? true : undefined, patience);
		},
	};
};
