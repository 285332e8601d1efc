import type {Cloud} from './cloud.js';
import {until} from './servers.js';
import {openTrove} from './trove.js';

export type Backup = {readonly id: string; readonly status: string; readonly size: number | null; readonly locationRef: string | null};
export type ClusterBackup = {
	readonly id: string; readonly status: string; readonly missing: number;
	readonly members: ReadonlyArray<{readonly backup_id: string; readonly instance_id: string; readonly location: string | null}>;
};

/** Seconds that a backup may take on a busy machine. */
const patience = 600;

/** What the tests ask of Trove about backups of instances and of clusters, by its API only. */
export const openBackups = (cloud: Cloud) => {
	const {ask} = openTrove(cloud);
	const clusterBackups = '/k2hdkc/cluster_backups';
	const backup = async (id: string): Promise<Backup> => (await ask<{backup: Backup}>('GET', `/backups/${id}`)).backup;
	const clusterBackup = async (id: string): Promise<ClusterBackup> => (await ask<{cluster_backup: ClusterBackup}>('GET', `${clusterBackups}/${id}`)).cluster_backup;

	const ended = async <T extends {readonly status: string}>(id: string, wanted: string | undefined, find: (id: string) => Promise<T>): Promise<T> => until(`backup ${id} is ${wanted ?? 'at its end'}`, async () => {
		const found = await find(id);
		const isEnded = ['COMPLETED', 'FAILED'].includes(found.status);
		if (isEnded && wanted !== undefined && found.status !== wanted) {
			throw new Error(`backup ${id} is ${JSON.stringify(found)}`);
		}

		return isEnded ? found : undefined;
	}, patience);

	return {
		async create(wanted: object): Promise<string> {
			return (await ask<{backup: Backup}>('POST', '/backups', {backup: wanted})).backup.id;
		},
		/** Until it has ended; throws when that is not as wanted. */
		ended: async (id: string, wanted?: 'COMPLETED' | 'FAILED'): Promise<Backup> => ended(id, wanted, backup),
		async list(): Promise<readonly Backup[]> {
			return (await ask<{backups: readonly Backup[]}>('GET', '/backups')).backups;
		},
		async remove(id: string): Promise<void> {
			await ask('DELETE', `/backups/${id}`);
			await until(`backup ${id} is gone`, async () => (await this.list()).every(each => each.id !== id) ? true : undefined);
		},
		ofCluster: {
			async create(wanted: object): Promise<string> {
				return (await ask<{cluster_backup: ClusterBackup}>('POST', clusterBackups, {cluster_backup: wanted})).cluster_backup.id;
			},
			ended: async (id: string, wanted?: 'COMPLETED' | 'FAILED'): Promise<ClusterBackup> => ended(id, wanted, clusterBackup),
			remove: async (id: string): Promise<void> => ask('DELETE', `${clusterBackups}/${id}`),
		},
	};
};

/** Names of the objects in the user's container of backups. */
const storedObjects = async (cloud: Cloud): Promise<readonly string[]> => {
	const {status, body} = await cloud.ask(8080, `/v1/AUTH_${cloud.project}/k2hdkc_backups`);
	return status === 200 ? String(body).split('\n').filter(line => line !== '') : [];
};

export const isStored = async (cloud: Cloud): Promise<boolean> => (await storedObjects(cloud)).length > 0;

/** Backups are deleted in the background. */
export const nothingStored = async (cloud: Cloud): Promise<void> => {
	await until('Swift has no backup any more', async () => await isStored(cloud) ? undefined : true);
};
