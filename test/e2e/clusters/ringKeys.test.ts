import process from 'node:process';
import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {openRing} from '../support/ring.js';
import {openRingClient} from '../support/ringClient.js';
import {expect, hostNeeds} from '../support/tool.js';

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
