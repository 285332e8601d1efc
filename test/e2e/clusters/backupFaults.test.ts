import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {nothingStored, openBackups} from '../support/backups.js';
import {everything} from '../support/everything.js';
import {backupKilled, dockerRestarted, guestStopped, holdContainer, rabbitKilled, releaseContainer, restoreKilled, taskManagerKilled, type Fault} from '../support/faults.js';
import {openInstances} from '../support/instances.js';
import {endOf, impatient, isTold, judgeTask, toldOf} from '../support/judge.js';
import {countKeys, putKeys} from '../support/nodeData.js';
import {openedOnce} from '../support/openedOnce.js';
import {openRing} from '../support/ring.js';
import {until} from '../support/servers.js';
import {expect, hostNeeds} from '../support/tool.js';
import {stepsOfTwoVersions} from '../support/withServers.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};
const keys = 50;

type Outcome = 'done' | 'failed';
type Opened = Awaited<ReturnType<typeof open>>;

type Operation = {
	readonly name: string;
	readonly faults: readonly Fault[];
	/** What is held on the server, in which the operation is in its middle. */
	readonly container: 'db_backup' | 'db_restore';
	/** What must be there. */
	readonly ready: (opened: Opened) => Promise<void>;
	readonly ask: (opened: Opened) => Promise<void>;
	/** Id of the server that is held, which may be made meanwhile. */
	readonly server: (opened: Opened) => Promise<string | undefined>;
	/** Waits for the end. */
	readonly judge: (t: ExecutionContext, opened: Opened, begun: number) => Promise<Outcome>;
	/** Takes away what was made, done or failed. */
	readonly remove: (opened: Opened) => Promise<void>;
};

const open = async (t: ExecutionContext) => {
	const opened = await openRing(t, 'pair', {
		more: impatient, steps: stepsOfTwoVersions,
		teardown(remove) {
			removePrefix = remove;
		},
	});
	const {all, demo, network} = opened;
	const before = await everything(demo);
	const serverNow = async (name: string): Promise<string | undefined> => (await all.list()).find(server => server.name === name)?.id;
	const wanted = {flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}], datastore};
	return {
		...opened, before, serverNow, wanted, instances: openInstances(demo), backups: openBackups(demo),
		server: async (name: string): Promise<string> => (await serverNow(name))!,
		/** Ids of what the tests make: instance and cluster, what is made amid the fault, and backups to restore. */
		ids: {node: '', again: '', backup: '', good: '', clusterBackup: '', goodOfCluster: ''},
	};
};

const nodeReady = async ({ids, instances, wanted, server, backups}: Opened): Promise<void> => {
	if (ids.node === '') {
		ids.node = await instances.create({name: 'node', ...wanted});
	}

	await until('the node serves', async () => (await instances.find(ids.node))?.operating_status === 'HEALTHY' ? true : undefined);
	await putKeys(await server('node'), keys);
	if (ids.good === '') {
		ids.good = await backups.create({instance: ids.node, name: 'good'});
		await backups.ended(ids.good, 'COMPLETED');
	}
};

const pairReady = async ({ids, ring, backups}: Opened): Promise<void> => {
	await ring.reach(2);
	const cluster = (await ring.cluster())!;
	await putKeys((await ring.serversOf(cluster.instances))[0]!, keys);
	if (ids.goodOfCluster === '') {
		ids.goodOfCluster = await backups.ofCluster.create({cluster: cluster.id, name: 'good'});
		await backups.ofCluster.ended(ids.goodOfCluster, 'COMPLETED');
	}
};

/** A backup that failed says why by a fault of its instance, or of one of those of its cluster. */
const judgeBackup = async (t: ExecutionContext, {demo}: Opened, begun: number, ended: {readonly status: string}, instances: readonly string[]): Promise<Outcome> => {
	if (ended.status === 'COMPLETED') {
		return 'done';
	}

	const told = await Promise.all(instances.map(async id => toldOf(demo, id)));
	const reasons = told.filter(each => isTold(each, begun)).map(each => each?.fault?.message);
	t.log(reasons.join(', '));
	t.true(reasons.length > 0, JSON.stringify(ended));
	return 'failed';
};

const backup: Operation = {
	name: 'backup of an instance', faults: [backupKilled, guestStopped, rabbitKilled], container: 'db_backup', ready: nodeReady,
	async ask({ids, backups}) {
		ids.backup = await backups.create({instance: ids.node, name: 'amid'});
	},
	server: async ({server}) => server('node'),
	judge: async (t, opened, begun) => judgeBackup(t, opened, begun, await opened.backups.ended(opened.ids.backup), [opened.ids.node]),
	remove: async ({ids, backups}) => backups.remove(ids.backup),
};

const backupOfCluster: Operation = {
	name: 'backup of a cluster', faults: [dockerRestarted, guestStopped], container: 'db_backup', ready: pairReady,
	async ask({ids, ring, backups}) {
		ids.clusterBackup = await backups.ofCluster.create({cluster: (await ring.cluster())!.id, name: 'amid'});
	},
	server: async ({ring}) => (await ring.serversOf((await ring.cluster())!.instances))[0],
	async judge(t, opened, begun) {
		const ended = await opened.backups.ofCluster.ended(opened.ids.clusterBackup);
		return judgeBackup(t, opened, begun, ended, ended.members.map(({instance_id}) => instance_id));
	},
	remove: async ({ids, backups}) => backups.ofCluster.remove(ids.clusterBackup),
};

const restore: Operation = {
	name: 'restore of an instance', faults: [restoreKilled, guestStopped, rabbitKilled], container: 'db_restore', ready: nodeReady,
	async ask({ids, instances, wanted}) {
		ids.again = await instances.create({name: 'again', ...wanted, restorePoint: {backupRef: ids.good}});
	},
	server: async ({serverNow}) => serverNow('again'),
	judge: async (t, {demo, ids, server}, begun) => judgeTask(t, demo, ids.again, begun, async () => await countKeys(await server('again'), keys) === keys),
	remove: async ({ids, instances}) => instances.remove(ids.again),
};

/** The cluster that is made of the backup is called as the one that it was made of, which is deleted first. */
const restoreOfCluster: Operation = {
	name: 'restore of a cluster', faults: [dockerRestarted, taskManagerKilled], container: 'db_restore',
	async ready(opened) {
		await (opened.ids.goodOfCluster === '' ? pairReady(opened) : undefined);
		await opened.ring.reach(0);
	},
	ask: async ({ids, ring}) => ring.order(2, {extended_properties: {k2hdkc_backup: ids.goodOfCluster}}),
	server: async ({serverNow}) => serverNow('pair-member-1'),
	async judge(t, {demo, ring}, begun) {
		const cluster = await until('the task of the cluster has ended', async () => {
			const now = (await ring.cluster())!;
			return now.task.name === 'NONE' ? now : undefined;
		}, 1200);
		const outcomes = [];
		for (const {id, name} of cluster.instances) {
			const [server] = await ring.serversOf([{id, name, status: ''}]);
			outcomes.push(await judgeTask(t, demo, id, begun, async () => await countKeys(server!, keys) === keys));
		}

		return outcomes.includes('failed') ? 'failed' : 'done';
	},
	remove: async ({ring}) => ring.deleted(),
};

let removePrefix = async (): Promise<void> => undefined;

test.after.always(async () => {
	await removePrefix();
});

const opened = openedOnce(open);

for (const {name, faults, container, ready, ask, server, judge, remove} of [backup, restore, backupOfCluster, restoreOfCluster]) {
	for (const fault of faults) {
		test.serial(`${name}, ${fault.name}, and it is done or tells why not, and can be done again`, async t => {
			if (!await needs(t, hostNeeds)) {
				return;
			}

			const place = await opened(t);
			await ready(place);
			const held = async (): Promise<string> => {
				const id = await until('a server', async () => server(place));
				await place.all.settled(id, 'ACTIVE');
				await holdContainer(id, container);
				return id;
			};

			const begun = Date.now();
			const [id] = await Promise.all([held(), ask(place)]);
			await fault.happens(place.all, id);
			await releaseContainer(id, container);
			const outcome = await judge(t, place, begun);
			t.log(`${outcome} after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
			const again = async (): Promise<Outcome> => {
				await remove(place);
				const asked = Date.now();
				await ask(place);
				const now = await judge(t, place, asked);
				t.log(`again ${now} after ${((Date.now() - asked) / 1000).toFixed(0)} s`);
				return now;
			};

			t.is(outcome === 'failed' ? await again() : outcome, 'done', 'again');
			await remove(place);
		});
	}
}

test.serial('nothing is left of the backups and of what was made of them', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const place = await opened(t);
	const {ids, ring, backups, instances, demo} = place;
	await ring.reach(0);
	await (ids.node === '' ? undefined : endOf(demo, ids.node).then(async () => instances.remove(ids.node)));
	await (ids.good === '' ? undefined : backups.remove(ids.good));
	await (ids.goodOfCluster === '' ? undefined : backups.ofCluster.remove(ids.goodOfCluster));
	await nothingStored(demo);
	t.deepEqual(await everything(demo), place.before);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...place.words]);
});
