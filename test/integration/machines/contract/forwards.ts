import {once} from 'node:events';
import {connect} from 'node:net';
import type {Machine} from '../../../../scripts/machines/types.js';
import type {Case} from './stage.js';

const serviceProgram = `
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
for _ in range(2):
    connection, _ = server.accept()
    text = b""
    while not text.endswith(b"\\n"):
        text += connection.recv(65536)
    connection.sendall(text.upper())
    connection.close()
`;

/** Answers two connections with what they send, in capitals. */
const startService = async (machine: Machine): Promise<{port: number; ended: Promise<unknown>}> => {
	let ended: Promise<unknown> | undefined;
	const port = await new Promise<number>((resolve, reject) => {
		ended = machine.run(['python3', '-c', serviceProgram], {
			onLine(line, stream) {
				if (stream === 'stdout') {
					resolve(Number(line));
				}
			},
			timeout: 30,
		});
		ended.catch(reject);
	});
	return {port, ended: ended!};
};

const ask = async (port: number, text: string): Promise<string> => {
	const socket = connect(port, '127.0.0.1');
	let answer = '';
	socket.setEncoding('utf8').on('data', (chunk: string) => {
		answer += chunk;
	});
	socket.write(text);
	await once(socket, 'end');
	socket.destroy();
	return answer;
};

export const forwards: readonly Case[] = [
	['a forwarded port reaches a service of the machine', async (t, {machine}) => {
		const service = await startService(machine);
		const forward = await machine.forward('127.0.0.1', service.port);
		const text = `${'x'.repeat(300_000)}\n`;
		t.is(await ask(forward.port, text), text.toUpperCase());
		t.is(await ask(forward.port, 'short\n'), 'SHORT\n');
		await service.ended;
		await forward.close();
		const late = connect(forward.port, '127.0.0.1');
		const [error] = await once(late, 'error') as [NodeJS.ErrnoException];
		t.is(error.code, 'ECONNREFUSED');
	}],
	['a forwarded port to nothing closes the connection', async (t, {machine}) => {
		const forward = await machine.forward('127.0.0.1', 1);
		t.is(await ask(forward.port, 'x\n').catch((error: unknown) => (error as NodeJS.ErrnoException).code), '');
		await forward.close();
	}],
];
