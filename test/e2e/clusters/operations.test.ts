import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {atRest} from '../support/atRest.js';
import {openCloud} from '../support/cloud.js';
import {everything} from '../support/everything.js';
import {openInstances} from '../support/instances.js';
import {inGuest} from '../support/machine.js';
import {openRing, ringStatus} from '../support/ring.js';
import {expect, hostNeeds, paths} from '../support/tool.js';
import {openTrove} from '../support/trove.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};

/** Seconds after which a guest agent that says nothing counts as dead, and some more. */
const silence = 75;

/** What the node of a server runs with, by what follows from it: `chmpx-max-mq-client` and eight more. */
const queueLimit = async (server: string): Promise<string> => (await inGuest(server, 'docker exec database cat /proc/sys/fs/mqueue/msg_max')).trim();

// K2HDKC and K2HR3 are stand-ins; all else is what a user has.
test.serial('an instance joins the ring of another one by a group with its name, and leaves it without the group', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {all, demo, ring: {member}, words} = await openRing(t, 'shared');
	const {ask} = openTrove(demo);
	const instances = openInstances(demo);
	const before = await everything(demo);
	const configuration = await instances.createConfiguration({name: 'shared', datastore, values: {'cluster-name': 'shared', 'chmpx-replica': 1}});
	const [first, second] = [await instances.create({name: 'first', datastore, ...member, configuration}), await instances.create({name: 'second', datastore, ...member})];
	const healthy = async (): Promise<void> => {
		await Promise.all([first, second].map(async id => instances.settled(id, ['ACTIVE', 'HEALTHY'])));
	};

	await healthy();
	const serverOf = async (name: string): Promise<string> => (await all.list()).find(server => server.name === name)!.id;
	const servers = [await serverOf('first'), await serverOf('second')];
	const isRing = async (name: string, expected: readonly string[]): Promise<void> => {
		t.deepEqual((await ringStatus(t, name, words)).members.map(({cuk}) => cuk).toSorted(), expected.toSorted(), name);
	};

	const changed = async (group: object): Promise<void> => {
		await ask('PUT', `/instances/${second}`, {instance: group});
		await instances.settled(second, ['RESTART_REQUIRED']);
		await instances.action(second, {restart: {}});
		await healthy();
	};

	await isRing('shared', servers.slice(0, 1));
	await isRing(second, servers.slice(1));
	await changed({configuration});
	await isRing('shared', servers);
	t.false((await ringStatus(t, second, words)).registered);
	await changed({});
	await isRing('shared', servers.slice(0, 1));
	await isRing(second, servers.slice(1));

	await instances.remove(first);
	await instances.remove(second);
	await instances.removeConfiguration(configuration);
	for (const name of ['shared', second]) {
		t.false((await ringStatus(t, name, words)).registered, name);
	}

	t.deepEqual(await everything(demo), before);
});

type Opened = Awaited<ReturnType<typeof openRing>>;

const attachAndDetach = async (t: ExecutionContext, {ring, demo}: Opened): Promise<void> => {
	const instances = openInstances(demo);
	const configuration = await instances.createConfiguration({name: 'operated', datastore, values: {'chmpx-max-mq-client': 200}});
	const limits = async (): Promise<readonly string[]> => Promise.all((await ring.serversOf((await ring.cluster())!.instances)).map(async server => queueLimit(server)));
	t.deepEqual(await limits(), ['136', '136']);
	await ring.ask({configuration_attach: {configuration_id: configuration}});
	await atRest(demo, 'attach');
	await ring.restart(2);
	t.deepEqual(await limits(), ['208', '208']);
	await ring.ask({configuration_detach: {}});
	await atRest(demo, 'detach');
	await ring.restart(2);
	t.deepEqual(await limits(), ['136', '136']);
	await instances.removeConfiguration(configuration);
};

test.serial('a cluster takes a group and loses it, a dead member is removed, and an administrator deletes it', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const opened = await openRing(t, 'operated');
	const {ring, all, demo, words} = opened;
	const before = await everything(demo);
	const two = await ring.create(2);
	await attachAndDetach(t, opened);

	const [dead] = two;
	const [server] = await ring.serversOf([dead!]);
	await all.action(server!, {'os-stop': null});
	await all.settled(server!, 'SHUTOFF');
	await sleep(silence * 1000);
	await ring.shrink(dead!, 1);

	const administrator = openTrove(await openCloud((await paths()).environment));
	const {id} = (await ring.cluster())!;
	await ring.remove(two, async () => administrator.ask('DELETE', `/clusters/${id}`));
	t.deepEqual(await everything(demo), before);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
