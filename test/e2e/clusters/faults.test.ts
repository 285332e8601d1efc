import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import type {Cluster, Member} from '../support/clusters.js';
import {askedToLeave, containerKilled, dockerRestarted, guestStopped, holdNode, rabbitKilled, releaseNode, taskManagerKilled, type Fault} from '../support/faults.js';
import {openRing, ringStatus} from '../support/ring.js';
import {until} from '../support/servers.js';
import {expect, hostNeeds} from '../support/tool.js';

// The cluster's task is given up after less time than by default, and so are a member whose order was lost with RabbitMQ and one that leaves, so that the tests do not wait as long.
const more = ['--set', 'datastore.options={abandoned_task_time_out: 90, leave_timeout: 60}', '--set', 'trove.conf.DEFAULT.usage_timeout=600'];

const controlPlane = [taskManagerKilled, rabbitKilled] as const;
const atServer = [containerKilled, dockerRestarted, guestStopped] as const;
const everywhere = [...controlPlane, ...atServer] as const;

/** Seconds until a task must have ended, whatever happened: more than what new members may take, and a task that is given up. */
const patience = 2400;

const failed = ({instances}: Cluster): readonly Member[] => instances.filter(({status}) => !['ACTIVE', 'HEALTHY'].includes(status));

type Opened = Awaited<ReturnType<typeof openRing>>;

/** Waits for the end of the task. Undefined when the cluster is gone. */
const ended = async ({ring}: Opened): Promise<Cluster | undefined> => until('the task of the cluster has ended', async () => {
	const cluster = await ring.cluster();
	return cluster === undefined ? {gone: true} as const : (cluster.task.name === 'NONE' ? cluster : undefined);
}, patience).then(cluster => 'gone' in cluster ? undefined : cluster);

/** What came of it, in a word for the log. A cluster that is neither as wanted nor says what is wrong fails the test. */
const judge = async (t: ExecutionContext, opened: Opened, size: number): Promise<'done' | 'failed'> => {
	const {ring} = opened;
	const cluster = await ended(opened);
	if (cluster?.instances.length === size) {
		// A node that was stopped comes back by itself.
		const healthy = await until('healthy', async () => {
			const now = (await ring.cluster())!;
			return failed(now).length === 0 && await ring.serve(now.instances) ? true : undefined;
		}, 180).catch(() => false);
		if (healthy) {
			return 'done';
		}
	}

	if (cluster === undefined) {
		t.is(size, 0, 'the cluster is gone');
		return 'done';
	}

	t.true(failed(cluster).length > 0, `neither done nor failed: ${JSON.stringify(cluster)}`);
	return 'failed';
};

type Operation = {
	readonly name: string;
	readonly faults: readonly Fault[];
	/** Members before and after. */
	readonly from: number;
	readonly to: number;
	readonly ask: (opened: Opened) => Promise<void>;
	/** A server of the cluster that a fault can happen to, when the operation is in its middle. */
	readonly middle: (opened: Opened) => Promise<string>;
	/** After the fault, where the operation was held in its middle. */
	readonly goesOn?: (opened: Opened) => Promise<void>;
	/** Does it again where it failed, with the words that a user has. */
	readonly retry: (opened: Opened) => Promise<void>;
};

/** A server of the cluster that is not there before; ACTIVE, so that its guest begins to build. */
const newServer = async ({ring, all}: Opened, before: number): Promise<string> => until('a new server', async () => {
	const {instances} = await ring.cluster() ?? {instances: []};
	const servers = (await all.list()).filter(server => instances.some(({name}) => name === server.name));
	return servers.length > before ? servers.filter(server => server.status === 'ACTIVE').map(({id}) => id).at(0) : undefined;
});

const anyServer = async ({ring}: Opened): Promise<string> => {
	await sleep(2000);
	return (await ring.serversOf((await ring.cluster())!.instances))[0]!;
};

/** The member that is asked to leave, which is held until the fault has happened: a ring of few keys is left in a second. */
const leaving = async ({ring}: Opened): Promise<Member> => (await ring.cluster())!.instances.at(-1)!;

const leavingServer = async (opened: Opened): Promise<string> => (await opened.ring.serversOf([await leaving(opened)]))[0]!;

const middleOfLeaving = async (opened: Opened): Promise<string> => {
	const server = await leavingServer(opened);
	await askedToLeave(server);
	return server;
};

const removeFailed = async ({ring}: Opened): Promise<void> => {
	const broken = failed((await ring.cluster())!);
	await ring.ask({shrink: broken.map(({id}) => ({id}))});
};

const shrink = {
	from: 3, to: 2,
	async ask(opened) {
		const {id} = await leaving(opened);
		await holdNode(await leavingServer(opened));
		await opened.ring.ask({shrink: [{id}]});
	},
	goesOn: async opened => releaseNode(await leavingServer(opened)),
	retry: removeFailed,
} satisfies Partial<Operation>;

const operations: readonly Operation[] = [
	{
		name: 'create', faults: everywhere, from: 0, to: 2,
		ask: async ({ring}) => ring.order(2),
		middle: async opened => newServer(opened, 0),
		async retry({ring}) {
			await ring.deleted();
			await ring.order(2);
		},
	},
	{
		name: 'restart', faults: everywhere, from: 2, to: 2,
		ask: async ({ring}) => ring.ask({restart: {}}),
		middle: anyServer,
		retry: async ({ring}) => ring.ask({restart: {}}),
	},
	{
		name: 'grow', faults: everywhere, from: 2, to: 3,
		ask: async ({ring}) => ring.ask({grow: [ring.member]}),
		middle: async opened => newServer(opened, 2),
		async retry(opened) {
			await removeFailed(opened);
			await ended(opened);
			await opened.ring.ask({grow: [opened.ring.member]});
		},
	},
	{...shrink, name: 'shrink', faults: everywhere, middle: middleOfLeaving},
	{
		...shrink, name: 'shrink, elsewhere', faults: atServer,
		async middle(opened) {
			await middleOfLeaving(opened);
			const {instances} = (await opened.ring.cluster())!;
			return (await opened.ring.serversOf(instances.slice(0, 1)))[0]!;
		},
	},
	{
		name: 'delete', faults: controlPlane, from: 2, to: 0,
		ask: async ({ring}) => ring.ask(),
		// It happens to no server.
		middle: async () => sleep(1000, ''),
		retry: async ({ring}) => ring.ask(),
	},
];

let prepared: Promise<Opened> | undefined;
let removePrefix = async (): Promise<void> => undefined;

test.after.always(async () => {
	await removePrefix();
});

/** Opened by the first test for all: the environment is looked at once. */
const prepareRing = async (t: ExecutionContext): Promise<Opened> => {
	prepared ??= openRing(t, 'faults', {
		more,
		teardown(remove) {
			removePrefix = remove;
		},
	});
	return prepared;
};

for (const {name, faults, from, to, ask, middle, goesOn, retry} of operations) {
	for (const fault of faults) {
		test.serial(`${name}, ${fault.name}, and it is done or says that it failed, and can be done again`, async t => {
			if (!await needs(t, hostNeeds)) {
				return;
			}

			const opened = await prepareRing(t);
			await opened.ring.reach(from);
			const begun = Date.now();
			await ask(opened);
			await fault.happens(opened.all, await middle(opened));
			await goesOn?.(opened);
			const outcome = await judge(t, opened, to);
			t.log(`${outcome} after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
			const again = async (): Promise<string> => {
				await retry(opened);
				return judge(t, opened, to);
			};

			t.is(outcome === 'failed' ? await again() : outcome, 'done', 'again');
		});
	}
}

test.serial('nothing is left of the ring and of K2HR3', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {ring, all, words} = await prepareRing(t);
	await ring.reach(0);
	t.false((await ringStatus(t, 'faults', words)).registered);
	const names = [...await all.list(), ...await all.volumes(), ...await all.named('port', '')].map(({name}) => name ?? '');
	// What Trove makes for an instance has its id in the name.
	t.deepEqual(names.filter(name => name.startsWith('faults-member-') || name.startsWith('trove-')), []);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
