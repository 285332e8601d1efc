import test, {type ExecutionContext} from 'ava';
import {archiveNeeds} from '../../fixtures/debianArchive.js';
import {needs} from '../../helpers/needs.js';
import {inGuest} from '../support/machine.js';
import {openRing} from '../support/ring.js';
import {until} from '../support/servers.js';
import {openSlaveServer, type SlaveServer} from '../support/slaveServer.js';
import {expect, hostNeeds} from '../support/tool.js';

// A cluster by Trove's API. K2HDKC and K2HR3 are stand-ins, or those that TEST_K2HDKC_PREFIX, TEST_K2HR3_PREFIX and TEST_K2HDKC_PACKAGES name; all else is what a user has.

/** It runs as the user that user data makes, and follows the ring. */
const isSlaveOf = async (t: ExecutionContext, slave: SlaveServer, size: number): Promise<void> => {
	const started = Date.now();
	await until(`the slave knows ${size} nodes`, async () => await slave.nodes() === size ? true : undefined, 150);
	await until('its chmpx is up', async () => (await slave.status()).includes('[SLAVE][UP]') ? true : undefined, 60);
	t.log(`a slave of ${size}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
	t.regex(await inGuest(slave.id, 'ps -C chmpx,node -o user=,args='), /^k2hdkc .*chmpx -conf \/etc\/antpickax\/k2hdkc\.ini/m);
};

test.serial('a cluster of two becomes a ring, has a slave that its user starts, grows to three, is restarted, shrinks to two, and goes without a trace', async t => {
	if (!await needs(t, {...hostNeeds, commands: {...hostNeeds.commands, ...archiveNeeds}})) {
		return;
	}

	const {ring, demo, network, image, words} = await openRing(t, 'shop');
	const [first] = await ring.create(2);
	const slave = await openSlaveServer(t, demo, {ring: 'shop', image, network, words});
	await isSlaveOf(t, slave, 2);
	const three = await ring.grow(3);
	await isSlaveOf(t, slave, 3);
	await slave.remove();
	await ring.restart(3);
	const left = await ring.shrink(first!, 2);
	t.false(left.some(({id}) => id === first!.id));
	await ring.remove(three);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
