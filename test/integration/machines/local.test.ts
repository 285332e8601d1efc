import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import test from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {machineContract} from './contract.js';

machineContract({
	name: 'local',
	needs: {root: true, commands: {perl: 'perl', flock: 'util-linux'}},
	async start() {
		const machine = createLocalMachine();
		return {machine, host: machine, stop: async () => machine.close()};
	},
});

test('a machine that is closed ends its connections, and makes no more', async t => {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const {port} = server.address() as AddressInfo;
	const machine = createLocalMachine();
	const socket = await machine.connect('127.0.0.1', port);
	const end = once(socket, 'close');
	await machine.close();
	await end;
	t.true(socket.destroyed);
	await t.throwsAsync(machine.connect('127.0.0.1', port), {message: /about to end/});
});
