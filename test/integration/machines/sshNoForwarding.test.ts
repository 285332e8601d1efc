import {once} from 'node:events';
import {appendFile} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {connectSsh} from '../../../scripts/machines/ssh.js';
import type {Machine} from '../../../scripts/machines/types.js';
import {sshServerNeeds, startSshServer} from '../../fixtures/sshServer.js';
import {needs} from '../../helpers/needs.js';

const ask = async (machine: Machine, port: number): Promise<string> => {
	const socket = await machine.connect('127.0.0.1', port);
	socket.end('hello');
	let text = '';
	for await (const chunk of socket) {
		text += String(chunk);
	}

	return text;
};

test.serial('a server that forbids forwarding is asked through a command instead', async t => {
	if (!await needs(t, sshServerNeeds)) {
		return;
	}

	const server = await startSshServer();
	t.teardown(server.stop);
	await appendFile(path.join(server.directory, 'sshd_config'), '\nAllowTcpForwarding no\n');
	process.kill(server.pid(), 'SIGHUP');
	await sleep(500);
	const machine = await connectSsh(server.url, {identityFile: server.identityFile, knownHosts: server.knownHosts});
	t.teardown(machine.close);
	const service = createServer(socket => {
		socket.setEncoding('utf8').on('data', text => {
			socket.end(String(text).toUpperCase());
		});
	}).listen(0, '127.0.0.1');
	t.teardown(() => service.close());
	await once(service, 'listening');
	t.is(await ask(machine, (service.address() as AddressInfo).port), 'HELLO');
	t.is(await ask(machine, 1), '', 'nobody listens there');
	const commands = await machine.run(['sh', '-c', 'ps -e -o args= | grep -c "[/]dev/tcp" || true']);
	t.is(commands.stdout.trim(), '0', 'no command is left');
});
