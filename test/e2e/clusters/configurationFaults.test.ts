import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {apiKilled, dockerRestarted, guestStopped, holdAgent, rabbitKilled, releaseAgent, taskManagerKilled, type Fault} from '../support/faults.js';
import {openInstances} from '../support/instances.js';
import {queueLimit} from '../support/nodeData.js';
import {openRing, ringStatus} from '../support/ring.js';
import {until} from '../support/servers.js';
import {expect, hostNeeds} from '../support/tool.js';
import {openTrove} from '../support/trove.js';

// Shorter than by default: how long a task is left to whoever works on it, and how long a guest agent is waited for whose answer was lost with RabbitMQ.
const more = ['--set', 'datastore.options={abandoned_task_time_out: 90}', '--set', 'trove.conf.DEFAULT.agent_call_high_timeout=150'];

const faults: readonly Fault[] = [apiKilled, taskManagerKilled, rabbitKilled, dockerRestarted, guestStopped];

type Opened = Awaited<ReturnType<typeof openRing>>;

type Change = {
	readonly name: 'attach' | 'detach';
	readonly action: object;
	/** What the nodes run with after the restart. */
	readonly limit: string;
	/** The configuration group that all members have then. */
	readonly group: string | undefined;
};

const groupsOf = async ({ring, demo}: Opened): Promise<ReadonlyArray<string | undefined>> => Promise.all((await ring.cluster())!.instances.map(async ({id}) => {
	const {instance} = await openTrove(demo).ask<{instance: {configuration?: {id: string}}}>('GET', `/instances/${id}`);
	return instance.configuration?.id;
}));

/** Seconds in which a member that is not held takes a group. */
const taken = 10;

/** Asks for the change and has the fault happen while one of the members does not answer. What the request came to, in a word. */
const changeAmid = async ({ring, all}: Opened, {action}: Change, fault: Fault): Promise<string> => {
	const [held] = await ring.serversOf((await ring.cluster())!.instances.slice(-1));
	await holdAgent(held!);
	const asked = ring.ask(action).then(() => 'taken', String);
	await until('the members are told', async () => (await ring.cluster())!.task.name === 'NONE' ? undefined : true, 60);
	await sleep(taken * 1000);
	await fault.happens(all, held!);
	await releaseAgent(held!);
	return asked;
};

/** Whatever came of the request: it can be made again, and a restart puts it into effect with every member. */
const goesThrough = async (t: ExecutionContext, opened: Opened, change: Change, said: string): Promise<void> => {
	const {ring} = opened;
	await until('the cluster is free', async () => (await ring.cluster())!.task.name === 'NONE' ? true : undefined, 600);
	const has = await groupsOf(opened);
	if (said !== 'taken' || has.some(group => group !== change.group)) {
		await ring.ask(change.action);
	}

	t.deepEqual(await groupsOf(opened), [change.group, change.group]);
	await ring.restart(2);
	for (const server of await ring.serversOf((await ring.cluster())!.instances)) {
		t.is(await queueLimit(server), change.limit, server);
	}
};

// K2HDKC and K2HR3 are stand-ins, or those that TEST_K2HDKC_PREFIX and TEST_K2HR3_PREFIX name; all else is what a user has.
test.serial('a fault amid the attachment of a group to a cluster, or amid its detachment, leaves what can be done again', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	t.timeout(60 * 60 * 1000);
	const opened = await openRing(t, 'changed', {more});
	const {ring, demo, words} = opened;
	const instances = openInstances(demo);
	const group = await instances.createConfiguration({name: 'changed', datastore: {type: 'k2hdkc', version: '1.0.19'}, values: {'chmpx-max-mq-client': 200}});
	const changes: readonly Change[] = [
		{name: 'attach', action: {configuration_attach: {configuration_id: group}}, limit: '208', group},
		{name: 'detach', action: {configuration_detach: {}}, limit: '136', group: undefined},
	];
	const members = await ring.create(2);
	for (const fault of faults) {
		for (const change of changes) {
			const begun = Date.now();
			const said = await changeAmid(opened, change, fault);
			t.log(`${change.name}, ${fault.name}: ${said} after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
			await goesThrough(t, opened, change, said);
		}
	}

	await ring.remove(members);
	await instances.removeConfiguration(group);
	t.false((await ringStatus(t, 'changed', words)).registered);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
