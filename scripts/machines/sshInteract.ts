import {once} from 'node:events';
import process from 'node:process';
import type {Client, ClientChannel, PseudoTtyOptions} from 'ssh2';
import {ToolError} from '../errors/toolError.js';
import {codeOfSignal} from './interact.js';
import type {Connection} from './sshConnection.js';
import type {Command, Ending, Transport} from './transport.js';

type TerminalChannel = {readonly channel: ClientChannel; readonly code: () => number | undefined};

/** Listens for the exit code before anything else of the answer is read: it may be right behind. */
const openChannel = async (client: Client, name: string, line: string, pty: PseudoTtyOptions): Promise<TerminalChannel> => new Promise((resolve, reject) => {
	client.exec(line, {pty}, (error, channel) => {
		if (error) {
			reject(new ToolError('K2D5001', `${name} refuses to run a command: ${error.message}.`, {cause: error}));
			return;
		}

		let code: number | undefined;
		channel.on('exit', (exitCode: number | null, killer?: string) => {
			code = exitCode ?? (killer === undefined ? undefined : codeOfSignal(`SIG${killer.replace(/^SIG/, '')}` as NodeJS.Signals));
		});
		resolve({channel, code: () => code});
	});
});

/** Joins the tool's standard streams with the channel; gives back what separates them again. */
const joinStreams = (channel: ClientChannel): () => void => {
	const {stdin, stdout, stderr} = process;
	const resize = (): void => {
		channel.setWindow(stdout.rows, stdout.columns, 0, 0);
	};

	// Keys go to the other side as they are; what Ctrl-C does is decided there.
	stdin.setRawMode(true);
	stdout.on('resize', resize);
	stdin.pipe(channel);
	channel.pipe(stdout, {end: false});
	channel.stderr.pipe(stderr, {end: false});
	return () => {
		stdin.unpipe(channel);
		stdin.pause();
		stdin.unref();
		stdout.off('resize', resize);
		stdin.setRawMode(false);
	};
};

/** Runs a command on a terminal at the other end of the connection, joined with the tool's own. Resolves with its exit code. */
const interactOnTerminal = async (connection: Connection, line: string, name: string, signal: AbortSignal): Promise<number | undefined> => {
	const {rows, columns: cols} = process.stdout;
	const {channel, code} = await openChannel(connection.client, name, line, {rows, cols, term: process.env.TERM ?? 'xterm'});
	const separate = joinStreams(channel);
	// The other side hangs up its terminal, which ends what runs there. Sending the signal itself is refused by some servers.
	const end = (): void => {
		channel.close();
	};

	signal.addEventListener('abort', end);
	try {
		await once(channel, 'close');
	} finally {
		signal.removeEventListener('abort', end);
		separate();
	}

	return code() ?? (signal.aborted ? codeOfSignal(signal.reason as NodeJS.Signals) : undefined);
};

const codeOf = (ending: Ending): number | undefined => {
	switch (ending.how) {
		case 'code': {
			return ending.code;
		}

		case 'signal': {
			return codeOfSignal(`SIG${ending.signal.replace(/^SIG/, '')}` as NodeJS.Signals);
		}

		case 'failed': {
			throw ending.error;
		}

		case 'lost': {
			return undefined;
		}
	}
};

/** Seconds between TERM and KILL when the tool is told to end. */
const grace = 5;

/** Runs a command with the tool's own standard streams where these are pipes or files: as any other command, but nothing is kept. */
const interactThroughPipes = async (spawn: Transport['spawn'], command: Command, signal: AbortSignal): Promise<number | undefined> => {
	const running = await spawn({
		...command,
		input: process.stdin,
		onData(chunk, stream) {
			process[stream].write(chunk);
		},
	});
	const end = (): void => {
		void running.kill(grace);
	};

	signal.addEventListener('abort', end);
	try {
		return codeOf(await running.ended);
	} finally {
		signal.removeEventListener('abort', end);
		process.stdin.destroy();
	}
};

export type SshParts = {
	readonly name: string;
	readonly connection: () => Promise<Connection>;
	readonly spawn: Transport['spawn'];
	/** The command as one line for the login shell. */
	readonly line: (command: Command) => string;
};

/** Runs a command at the other end of a connection for a person. Resolves with its exit code; throws K2D5005 when that was lost. */
export const createInteract = ({name, connection, spawn, line}: SshParts): Transport['interact'] => async (command, {terminal, signal}) => {
	const code = terminal
		? await interactOnTerminal(await connection(), line(command), name, signal)
		: await interactThroughPipes(spawn, command, signal);
	if (code === undefined) {
		throw new ToolError('K2D5005', `The link to ${name} was lost before ${command.argv[0] ?? 'the command'} ended.`);
	}

	return code;
};
