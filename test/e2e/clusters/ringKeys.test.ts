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

test.serial('a ring that Trove made answers set and get, grows from two to three, shrinks to two, and loses no key', async t => {
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
	await ring.shrink(first!, 2);
	t.is(await client.count(keys), keys, 'shrunk to two');
	t.log(`${keys} keys with two nodes, three, and two again`);
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

	const client = async ({demo, image, network, words}: Awaited<ReturnType<typeof openRing>>, name: string) => openRingClient(t, demo, {ring: name, image, network, words});
	const source = await openRing(t, 'source', {steps: backupSteps});
	const ofSource = await source.ring.create(2);
	const first = await client(source, 'source');
	await first.set(keys);
	t.is(await first.count(keys), keys);
	await first.remove();
	const backupOfTwo = await backUpAndRemove(source, ofSource);

	const larger = await openRing(t, 'larger', {steps: backupSteps});
	const ofLarger = await larger.ring.create(3, {extended_properties: {k2hdkc_backup: backupOfTwo}});
	const second = await client(larger, 'larger');
	t.is(await second.count(keys), keys, 'three of two');
	await second.remove();
	const backupOfThree = await backUpAndRemove(larger, ofLarger);

	const smaller = await openRing(t, 'smaller', {steps: backupSteps});
	const ofSmaller = await smaller.ring.create(2, {extended_properties: {k2hdkc_backup: backupOfThree}});
	const third = await client(smaller, 'smaller');
	t.is(await third.count(keys), keys, 'two of three');
	await third.remove();
	await smaller.ring.remove(ofSmaller);
	await removeBackups(source.demo, [backupOfTwo, backupOfThree]);
	await nothingStored(source.demo);
	t.log(`${keys} keys with two nodes, with three from their backup, and with two from the backup of those`);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...source.words]);
});
