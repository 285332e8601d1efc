import {setTimeout as sleep} from 'node:timers/promises';
import type {Cloud} from './cloud.js';
import type {Cluster} from './clusters.js';
import type {Instance} from './instances.js';
import {until} from './servers.js';
import {openTrove} from './trove.js';

export type Listed = {
	readonly id: string; readonly name: string; readonly status: string; readonly operating_status?: string;
	readonly flavor: {readonly id: string}; readonly volume: {readonly size: number}; readonly datastore: {readonly version: string};
};

/** Seconds that one command may take on a busy machine. */
const patience = 1200;

/** Of one that is to be restarted Trove does not tell how its database is. */
const isAtRest = ({status, operating_status}: Listed): boolean => status === 'RESTART_REQUIRED' || (['ACTIVE', 'HEALTHY'].includes(status) && operating_status === 'HEALTHY');

/** All instances of a project, members of clusters too. */
export const listInstances = async (cloud: Cloud): Promise<readonly Listed[]> =>
	(await openTrove(cloud).ask<{instances: readonly Listed[]}>('GET', '/instances?include_clustered=true')).instances;

/** An operation can fail and leave an instance as healthy as it was. */
const refuseFaults = async (cloud: Cloud, after: string, instances: readonly Listed[]): Promise<void> => {
	for (const {id, name} of instances) {
		const found = await openTrove(cloud).find<Instance>('instance', id);
		if (found?.fault) {
			throw new Error(`after ${after}: the fault of ${name} is ${found.fault.message}`);
		}
	}
};

/** Until Trove has nothing to do in a project. Throws when something went wrong. */
export const atRest = async (cloud: Cloud, after: string): Promise<void> => {
	const {ask} = openTrove(cloud);
	const instances = await until(`Trove is done after ${after}`, async () => {
		// Of the requests that Trove takes of a user in a minute some must be left for the client's.
		await sleep(2000);
		const listed = await listInstances(cloud);
		const {clusters} = await ask<{clusters: readonly Cluster[]}>('GET', '/clusters');
		const {backups} = await ask<{backups: ReadonlyArray<{readonly status: string}>}>('GET', '/backups');
		const wrong = [...listed, ...backups].filter(({status}) => ['ERROR', 'FAILED'].includes(status));
		if (wrong.length > 0) {
			throw new Error(`after ${after}: ${JSON.stringify(wrong)}`);
		}

		const done = listed.every(instance => isAtRest(instance)) && clusters.every(({task}) => task.name === 'NONE') && backups.every(({status}) => status === 'COMPLETED');
		return done ? listed : undefined;
	}, patience);
	await refuseFaults(cloud, after, instances);
};
