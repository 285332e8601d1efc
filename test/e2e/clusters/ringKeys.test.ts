import process from 'node:process';
import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {nothingStored, openBackups} from '../support/backups.js';
import type {Cloud} from '../support/cloud.js';
import {openRing} from '../support/ring.js';
import {openRingClient} from '../support/ringClient.js';
import {expect, hostNeeds} from '../support/tool.js';
import {backupSteps} from '../support/withServers.js';

const programs = process.env.TEST_K2HDKC_PREFIX === undefined || process.env.TEST_K2HR3_PREFIX === undefined
	? 'needs the programs of K2HDKC and K2HR3; TEST_K2HDKC_PREFIX and TEST_K2HR3_PREFIX say where they are installed'
	: undefined;

const keys = 1000;

test.serial('a ring that Trove made answers set and get, grows from two to three, is restarted, shrinks to two, and loses no key', async t => {
	if (!await needs(t, {...hostNeeds, missing: programs})) {
		return;
	}

	const {ring, demo, network, image, words} = await openRing(t, 'keys');
	const [first] = await ring.create(2);
	const client = await openRingClient(t, demo, {ring: 'keys', image, network, words});
	await client.set(keys);
	t.is(await client.count(keys), keys, 'two nodes');
	const three = await ring.grow(3);
	t.is(await client.count(keys), keys, 'grown to three');
	await ring.restart(3);
	t.is(await client.count(keys), keys, 'restarted');
	await ring.shrink(first!, 2);
	t.is(await client.count(keys), keys, 'shrunk to two');
	t.log(`${keys} keys with two nodes, three, three that were restarted, and two again`);
	await client.remove();
	await ring.remove(three);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});

/** Backs up a cluster as a whole, and removes it. Returns the id of the backup. */
const backUpAndRemove = async ({ring, demo}: Pick<Awaited<ReturnType<typeof openRing>>, 'ring' | 'demo'>, members: Parameters<typeof ring.remove>[0]): Promise<string> => {
	const backups = openBackups(demo).ofCluster;
	const {id: cluster} = (await ring.cluster())!;
	const backup = await backups.create({cluster, name: 'whole'});
	await backups.ended(backup, 'COMPLETED');
	await ring.remove(members);
	return backup;
};

const removeBackups = async (demo: Cloud, ids: readonly string[]): Promise<void> => {
	for (const id of ids) {
		await openBackups(demo).ofCluster.remove(id);
	}
};

test.serial('a ring that Trove made comes back from a backup of all of it, with three nodes of two and with two of three, and every key', async t => {
	if (!await needs(t, {...hostNeeds, missing: programs})) {
		return;
	}

	const open = async (name: string) => {
		const opened = await openRing(t, name, {steps: backupSteps});
		return {...opened, openClient: async () => openRingClient(t, opened.demo, {...opened, ring: name})};
	};

	const restored = async (name: string, size: number, backup: string) => {
		const opened = await open(name);
		const members = await opened.ring.create(size, {extended_properties: {k2hdkc_backup: backup}});
		const client = await opened.openClient();
		t.is(await client.count(keys), keys, name);
		await client.remove();
		return {opened, members};
	};

	const source = await open('source');
	const ofSource = await source.ring.create(2);
	const client = await source.openClient();
	await client.set(keys);
	t.is(await client.count(keys), keys);
	await client.remove();
	const backupOfTwo = await backUpAndRemove(source, ofSource);
	const larger = await restored('larger', 3, backupOfTwo);
	const backupOfThree = await backUpAndRemove(larger.opened, larger.members);
	const smaller = await restored('smaller', 2, backupOfThree);
	await smaller.opened.ring.remove(smaller.members);
	await removeBackups(source.demo, [backupOfTwo, backupOfThree]);
	await nothingStored(source.demo);
	t.log(`${keys} keys with two nodes, with three from their backup, and with two from the backup of those`);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...source.words]);
});
