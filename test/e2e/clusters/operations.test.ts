import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {atRest} from '../support/atRest.js';
import {openCloud} from '../support/cloud.js';
import {everything} from '../support/everything.js';
import {openInstances} from '../support/instances.js';
import {queueLimit} from '../support/nodeData.js';
import {openRing, ringStatus} from '../support/ring.js';
import {expect, hostNeeds, paths} from '../support/tool.js';
import {openTrove} from '../support/trove.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};

/** Seconds after which a guest agent that says nothing counts as dead, and some more. */
const silence = 100;

type Opened = Awaited<ReturnType<typeof openRing>>;

/** Two instances, of which the second joins the ring of the first by a group with its name, and leaves it without the group. */
const joinAndLeave = async (t: ExecutionContext, {all, demo, ring: {member}, words}: Opened): Promise<void> => {
	const {ask} = openTrove(demo);
	const instances = openInstances(demo);
	const configuration = await instances.createConfiguration({name: 'shared', datastore, values: {'cluster-name': 'shared', 'chmpx-replica': 1}});
	const first = await instances.create({name: 'first', datastore, ...member, configuration});
	const second = await instances.create({name: 'second', datastore, ...member});
	const serverOf = async (name: string): Promise<string> => (await all.list()).find(server => server.name === name)!.id;
	const change = async (group: object): Promise<void> => {
		await ask('PUT', `/instances/${second}`, {instance: group});
		await instances.settled(second, ['RESTART_REQUIRED']);
		await instances.action(second, {restart: {}});
		await atRest(demo, 'the restart');
	};

	/** Names of servers by the ring that they are to be in. */
	const areRings = async (rings: Readonly<Record<string, readonly string[]>>): Promise<void> => {
		for (const [name, expected] of Object.entries(rings)) {
			const {members} = await ringStatus(t, name, words);
			t.deepEqual(members.map(({cuk}) => cuk).toSorted(), (await Promise.all(expected.map(async each => serverOf(each)))).toSorted(), name);
		}
	};

	await atRest(demo, 'both are made');
	await areRings({shared: ['first'], [second]: ['second']});
	await change({configuration});
	await areRings({shared: ['first', 'second'], [second]: []});
	await change({});
	await areRings({shared: ['first'], [second]: ['second']});
	await instances.remove(first);
	await instances.remove(second);
	await instances.removeConfiguration(configuration);
	for (const name of ['shared', second]) {
		t.false((await ringStatus(t, name, words)).registered, name);
	}
};

const attachAndDetach = async (t: ExecutionContext, {ring, demo}: Opened): Promise<void> => {
	const instances = openInstances(demo);
	const configuration = await instances.createConfiguration({name: 'operated', datastore, values: {'chmpx-max-mq-client': 200}});
	const isLimit = async (limit: string): Promise<void> => {
		for (const server of await ring.serversOf((await ring.cluster())!.instances)) {
			t.is(await queueLimit(server), limit, server);
		}
	};

	await isLimit('136');
	for (const [action, limit] of [[{configuration_attach: {configuration_id: configuration}}, '208'], [{configuration_detach: {}}, '136']] as const) {
		await ring.ask(action);
		await atRest(demo, JSON.stringify(action));
		await ring.restart(2);
		await isLimit(limit);
	}

	await instances.removeConfiguration(configuration);
};

/** The cluster moves to the ring that a group names, and back: by restarts, before which nothing else is done with it. */
const moveAndReturn = async (t: ExecutionContext, {ring, demo, words}: Opened): Promise<void> => {
	const instances = openInstances(demo);
	const configuration = await instances.createConfiguration({name: 'moved', datastore, values: {'cluster-name': 'moved'}});
	const servers = (await ring.serversOf((await ring.cluster())!.instances)).toSorted();
	const areIn = async (there: string, gone: string): Promise<void> => {
		const {members} = await ringStatus(t, there, words);
		t.deepEqual(members.map(({cuk}) => cuk).toSorted(), servers, there);
		t.false((await ringStatus(t, gone, words)).registered, gone);
	};

	for (const [action, there, gone] of [[{configuration_attach: {configuration_id: configuration}}, 'moved', 'operated'], [{configuration_detach: {}}, 'operated', 'moved']] as const) {
		await ring.ask(action);
		await atRest(demo, JSON.stringify(action));
		await areIn(gone, there);
		await t.throwsAsync(async () => ring.ask({grow: [ring.member]}), {message: /Restart the cluster/});
		await ring.restart(2, there);
		await areIn(there, gone);
	}

	await instances.removeConfiguration(configuration);
};

// K2HDKC and K2HR3 are stand-ins; all else is what a user has.
test.serial('an instance joins a ring and leaves it, a cluster takes a group and loses it, moves to another ring and back, a dead member is removed, and an administrator deletes the cluster', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const opened = await openRing(t, 'operated');
	const {ring, all, demo, words} = opened;
	const before = await everything(demo);
	await joinAndLeave(t, opened);

	const two = await ring.create(2);
	await attachAndDetach(t, opened);
	await moveAndReturn(t, opened);
	const [server] = await ring.serversOf(two.slice(0, 1));
	await all.action(server!, {'os-stop': null});
	await all.settled(server!, 'SHUTOFF');
	await sleep(silence * 1000);
	await ring.shrink(two[0]!, 1);

	const administrator = openTrove(await openCloud((await paths()).environment));
	const {id} = (await ring.cluster())!;
	await ring.remove(two, async () => administrator.ask('DELETE', `/clusters/${id}`));
	t.deepEqual(await everything(demo), before);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
