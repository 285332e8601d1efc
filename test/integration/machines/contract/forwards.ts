import {once} from 'node:events';
import {connect} from 'node:net';
import type {Machine} from '../../../../scripts/machines/types.js';
import type {Case} from './stage.js';

// Perl is in every Debian root, however small.
const serviceProgram = `
use IO::Socket::INET;
$| = 1;
my $server = IO::Socket::INET->new(Listen => 2, LocalAddr => '127.0.0.1:0') or die;
print $server->sockport, "\n";
for (1 .. 2) {
	my $connection = $server->accept;
	my $text = <$connection>;
	print $connection uc $text;
	close $connection;
}
`;

/** Answers two connections with what they send, in capitals. */
const startService = async (machine: Machine): Promise<{port: number; ended: Promise<unknown>}> => {
	let ended: Promise<unknown> | undefined;
	const port = await new Promise<number>((resolve, reject) => {
		ended = machine.run(['perl', '-e', serviceProgram], {
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
		// Closed with the text still unread, the connection ends by a reset; else by its end.
		const answer = await ask(forward.port, 'x\n').catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error));
		t.true(['', 'ECONNRESET', 'EPIPE'].includes(answer), answer);
		await forward.close();
	}],
];
