import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';

const commands = {curl: 'curl', awk: 'mawk'};

/** A control port that ends so many connections without a word, as chmpx does with whom it does not know, and answers after them. Its port, and how many there were. */
const serve = async (t: ExecutionContext, denials: number) => {
	let count = 0;
	const server = createServer(socket => {
		count++;
		const isDenied = count <= denials;
		socket.on('error', () => undefined).once('data', () => socket.end(isDenied ? '' : 'Server Name = 127.0.0.1\n'));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	return {port: (server.address() as AddressInfo).port, asked: () => count};
};

const wait = async (t: ExecutionContext, ports: readonly number[]) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'slave-wait-'));
	t.teardown(async () => rm(directory, {recursive: true}));
	const ini = path.join(directory, 'k2hdkc.ini');
	const nodes = ports.map(port => `[SVRNODE]\nNAME = 127.0.0.1\nCUK = one\nPORT = 8020\nCTLPORT = ${port}\n\n`);
	await writeFile(ini, `[GLOBAL]\nGROUP = ring\n\n${nodes.join('')}[SLVNODE]\nNAME = 127.0.0.1\nCTLPORT = 1\n`);
	return runCommand('sh', ['conf/k2hr3/slave/wait.sh', ini]);
};

test('a slave waits for every server that runs and does not know it yet', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const [first, second] = [await serve(t, 0), await serve(t, 2)];
	const {code, stderr} = await wait(t, [first.port, second.port]);
	t.is(code, 0, stderr);
	t.deepEqual([first.asked(), second.asked()], [1, 3]);
});

test('a slave does not wait for a server that is away', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const started = Date.now();
	const {code, stderr} = await wait(t, [1]);
	t.is(code, 0, stderr);
	t.true(Date.now() - started < 20_000);
});
