import type {Cloud} from './cloud.js';
import type {Cluster} from './clusters.js';
import {until} from './servers.js';
import {openTrove} from './trove.js';

export type Listed = {
	readonly id: string; readonly name: string; readonly status: string; readonly operating_status?: string;
	readonly flavor: {readonly id: string}; readonly volume: {readonly size: number}; readonly datastore: {readonly version: string};
};

/** Seconds that one command may take on a busy machine. */
const patience = 1200;

const isAtRest = ({status, operating_status}: Listed): boolean => ['ACTIVE', 'HEALTHY', 'RESTART_REQUIRED'].includes(status) && operating_status === 'HEALTHY';

/** All instances of a project, members of clusters too. */
export const listInstances = async (cloud: Cloud): Promise<readonly Listed[]> =>
	(await openTrove(cloud).ask<{instances: readonly Listed[]}>('GET', '/instances?include_clustered=true')).instances;

/** Until Trove has nothing to do in a project. Throws when something went wrong. */
export const atRest = async (cloud: Cloud, after: string): Promise<readonly Listed[]> => {
	const {ask} = openTrove(cloud);
	return until(`Trove is done after ${after}`, async () => {
		const instances = await listInstances(cloud);
		const {clusters} = await ask<{clusters: readonly Cluster[]}>('GET', '/clusters');
		const {backups} = await ask<{backups: ReadonlyArray<{readonly status: string}>}>('GET', '/backups');
		const wrong = [...instances, ...backups].filter(({status}) => ['ERROR', 'FAILED'].includes(status));
		if (wrong.length > 0) {
			throw new Error(`after ${after}: ${JSON.stringify(wrong)}`);
		}

		const done = instances.every(instance => isAtRest(instance)) && clusters.every(({task}) => task.name === 'NONE') && backups.every(({status}) => status === 'COMPLETED');
		return done ? instances : undefined;
	}, patience);
};
