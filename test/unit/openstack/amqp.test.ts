import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {amqpLogin, loginBytes, methodsIn} from '../../../scripts/openstack/amqp.js';

const frame = (methodId: number, body: Buffer): Buffer => {
	const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 10, 0, methodId]);
	head.writeUInt32BE(body.length + 4, 3);
	return Buffer.concat([head, body, Buffer.from([0xCE])]);
};

// What a server says first: version 0-9, a table with one text, and more that is not read.
const start = frame(10, Buffer.concat([Buffer.from([0, 9, 0, 0, 0, 18]), Buffer.from([7]), Buffer.from('version'), Buffer.from('S'), Buffer.from([0, 0, 0, 5]), Buffer.from('4.0.5')]));

const serve = async (t: ExecutionContext, talk: (socket: Socket) => void): Promise<{host: string; port: number}> => {
	const server = createServer(talk).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	return {host: '127.0.0.1', port: (server.address() as AddressInfo).port};
};

const machine = {
	async connect(host: string, port: number) {
		const socket = connect({host, port});
		await once(socket, 'connect');
		return socket;
	},
};

test('the login is the protocol header and three frames, with user and password in the first', t => {
	const bytes = loginBytes('user', 'word');
	t.is(bytes.toString('latin1', 0, 8), 'AMQP\0\0\u0009\u0001');
	const methods = methodsIn(bytes.subarray(8));
	t.deepEqual(methods.map(({classId, methodId}) => [classId, methodId]), [[10, 11], [10, 31], [10, 40]]);
	t.true(methods[0]!.body.includes('\0user\0word'));
});

test('a frame that is not whole yet is not read', t => {
	t.is(methodsIn(start.subarray(0, -1)).length, 0);
	t.is(methodsIn(start.subarray(0, 5)).length, 0);
	t.is(methodsIn(Buffer.concat([start, start.subarray(0, 9)])).length, 1);
});

test('a server that opens the virtual host has let the user in; it is told goodbye', async t => {
	let goodbye = (_said: Buffer): void => undefined;
	const whole = new Promise<Buffer>(resolve => {
		goodbye = resolve;
	});
	const place = await serve(t, socket => {
		let said = Buffer.alloc(0);
		socket.on('data', chunk => {
			said = Buffer.concat([said, chunk]);
		}).on('end', () => {
			goodbye(said);
			socket.end();
		});
		socket.write(start.subarray(0, 10));
		setTimeout(() => {
			socket.write(Buffer.concat([start.subarray(10), frame(30, Buffer.alloc(8)), frame(41, Buffer.from([0]))]));
		}, 50);
	});
	t.is(await amqpLogin(machine, {...place, user: 'user', password: 'word'}), '4.0.5');
	t.is(methodsIn((await whole).subarray(8)).at(-1)!.methodId, 50);
});

test('a server that ends the connection has not', async t => {
	const place = await serve(t, socket => {
		socket.end(start);
	});
	t.is(await amqpLogin(machine, {...place, user: 'user', password: 'word'}), undefined);
	const rude = await serve(t, socket => {
		socket.resetAndDestroy();
	});
	t.is(await amqpLogin(machine, {...rude, user: 'user', password: 'word'}), undefined);
});
