import {once} from 'node:events';
import process from 'node:process';
import type {Client, ClientChannel, PseudoTtyOptions} from 'ssh2';
import {ToolError} from '../errors/toolError.js';
import {codeOfSignal, type InteractOptions} from './interact.js';
import type {Connection} from './sshConnection.js';

const openChannel = async (client: Client, name: string, line: string, pty: PseudoTtyOptions | false): Promise<ClientChannel> => new Promise((resolve, reject) => {
	client.exec(line, {pty}, (error, channel) => {
		if (error) {
			reject(new ToolError('K2D5001', `${name} refuses to run a command: ${error.message}.`, {cause: error}));
		} else {
			resolve(channel);
		}
	});
});

/** Joins the tool's standard streams with the channel; gives back what separates them again. */
const joinStreams = (channel: ClientChannel, terminal: boolean): () => void => {
	const {stdin, stdout, stderr} = process;
	const resize = (): void => {
		channel.setWindow(stdout.rows, stdout.columns, 0, 0);
	};

	if (terminal) {
		// Keys go to the other side as they are; what Ctrl-C does is decided there.
		stdin.setRawMode(true);
		stdout.on('resize', resize);
	}

	stdin.pipe(channel);
	channel.pipe(stdout, {end: false});
	channel.stderr.pipe(stderr, {end: false});
	return () => {
		stdin.unpipe(channel);
		stdin.pause();
		stdin.unref();
		stdout.off('resize', resize);
		if (terminal) {
			stdin.setRawMode(false);
		}
	};
};

/** Runs a command at the other end of the connection with the tool's own standard streams. Resolves with its exit code. */
export const interactOver = async (connection: Connection, line: string, argv: readonly string[], name: string, {terminal, signal}: InteractOptions): Promise<number> => {
	const {rows, columns: cols} = process.stdout;
	const channel = await openChannel(connection.client, name, line, terminal && {rows, cols, term: process.env.TERM ?? 'xterm'});
	const separate = joinStreams(channel, terminal);
	const end = (): void => {
		channel.signal(String(signal.reason).replace(/^SIG/, ''));
		channel.end();
	};

	let code: number | undefined;
	channel.on('exit', (exitCode: number | null, killer?: string) => {
		code = exitCode ?? (killer === undefined ? undefined : codeOfSignal(`SIG${killer.replace(/^SIG/, '')}` as NodeJS.Signals));
	});
	signal.addEventListener('abort', end);
	try {
		await once(channel, 'close');
	} finally {
		signal.removeEventListener('abort', end);
		separate();
	}

	if (code === undefined) {
		throw new ToolError('K2D5005', `The link to ${name} was lost before ${argv[0] ?? 'the command'} ended.`);
	}

	return code;
};
