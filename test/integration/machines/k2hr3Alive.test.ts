import {createRequire} from 'node:module';
import path from 'node:path';
import test from 'ava';
import {createCutNetwork, cutNetworkNeeds} from '../../fixtures/cutNetwork.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';

// What the watcher of K2HR3 asks, in a network where a member can vanish.

type Member = {readonly ip: string; alive?: boolean};
type Check = (members: readonly Member[], limits: {readonly timeoutms: number; readonly parallelcnt: number}) => Promise<{readonly error: unknown; readonly data: readonly Member[]}>;

const {checkAddressesAlive} = createRequire(import.meta.url)(path.resolve('images/k2hr3/files/usr/local/libexec/k2hr3-alive.cjs')) as {readonly checkAddressesAlive: Check};

test('a member is alive while somebody has its address, whether it listens, refuses or says nothing', async t => {
	if (!await needs(t, {root: true, commands: {...cutNetworkNeeds.commands, nft: 'nftables'}})) {
		return;
	}

	const network = await createCutNetwork();
	t.teardown(network.remove);
	const within = async (...argv: readonly string[]): Promise<void> => {
		await runCommand(network.prefix[0]!, [...network.prefix.slice(1), ...argv]);
	};

	const isAlive = async (): Promise<boolean | undefined> => {
		const {error, data} = await checkAddressesAlive([{ip: network.address}, {ip: '127.0.0.1'}], {timeoutms: 6000, parallelcnt: 1});
		t.is(error, null);
		t.true(data[1]!.alive);
		return data[0]!.alive;
	};

	t.true(await isAlive(), 'it refuses');
	await within('nft', 'add table inet silent; add chain inet silent input { type filter hook input priority 0; }; add rule inet silent input meta l4proto tcp drop');
	t.true(await isAlive(), 'its security group drops it');
	await within('ip', 'address', 'flush', 'to', network.address);
	// The kernel remembers for a while who had it.
	await runCommand('ip', ['neighbour', 'flush', 'to', network.address]);
	t.false(await isAlive(), 'it is gone');
});
