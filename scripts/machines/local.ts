import {spawn, type ChildProcess, type SpawnOptions} from 'node:child_process';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import process from 'node:process';
import {Readable} from 'node:stream';
import {$, type ProcessOutput, type ProcessPromise} from 'zx/core';
import {createMachine} from './createMachine.js';
import {baseEnvironment} from './environment.js';
import {interactLocally} from './interact.js';
import {quote} from './quote.js';
import {endGroupScript} from './shell/processGroup.js';
import type {Ending, Running, SpawnRequest, Stream, Transport} from './transport.js';
import type {Machine} from './types.js';

/** Seconds without output after the end of a command, until a daemon it left behind may no longer hold us up. */
const drainSeconds = 2;

const ignore = (): void => undefined;

/** Takes the place of zx's list of all output: what is pushed is handed on and forgotten. */
const sinkOf = (onData: (chunk: Buffer) => void): string[] => Object.assign([], {
	push(chunk: unknown) {
		onData(chunk as Buffer);
		return 0;
	},
});

// Async would wait for the process instead of returning it.
// eslint-disable-next-line @typescript-eslint/promise-function-async
const startProcess = (request: SpawnRequest, onData: SpawnRequest['onData']): ProcessPromise => {
	const [program, ...args] = request.argv;
	const store = {
		stdout: sinkOf(chunk => {
			onData(chunk, 'stdout');
		}),
		stderr: sinkOf(chunk => {
			onData(chunk, 'stderr');
		}),
		stdall: sinkOf(ignore),
	};
	// Every option that the environment could set through ZX_… is set here.
	return $({
		spawn: ((_command: string, _args: readonly string[], options: SpawnOptions) => spawn(program!, args, {...options, shell: false})) as typeof spawn,
		cwd: request.cwd ?? process.cwd(),
		env: baseEnvironment(process.env, request.env),
		detached: true,
		stdio: [request.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
		...(request.input && {input: request.input instanceof Readable ? request.input : Buffer.from(request.input)}),
		store,
		nothrow: true, quiet: true, verbose: false, log: ignore, quote, shell: true, prefix: '', postfix: '', preferLocal: false, timeout: 0,
	})`command`;
};

/** A daemon started by the command may keep its output open for good: after the command's end we listen until it is quiet. */
const stopListeningAfterEnd = (child: ChildProcess): {readonly touch: () => void} => {
	let timer: NodeJS.Timeout | undefined;
	child.once('exit', () => {
		timer = setTimeout(() => {
			child.stdout?.destroy();
			child.stderr?.destroy();
		}, drainSeconds * 1000);
	}).once('close', () => {
		clearTimeout(timer);
	});
	return {
		touch() {
			timer?.refresh();
		},
	};
};

const endingOf = ({exitCode, signal, cause}: ProcessOutput, request: SpawnRequest): Ending => {
	const code = cause && 'code' in cause ? cause.code : undefined;
	if (code === 'ENOENT' || code === 'EACCES') {
		request.onData(Buffer.from(`${request.argv[0]}: ${code === 'ENOENT' ? 'not found' : 'permission denied'}${request.cwd === undefined ? '' : ` (working directory ${request.cwd})`}\n`), 'stderr');
		return {how: 'code', code: code === 'ENOENT' ? 127 : 126};
	}

	if (cause) {
		return {how: 'failed', error: cause};
	}

	if (signal) {
		return {how: 'signal', signal};
	}

	return exitCode === null ? {how: 'lost', reason: 'no exit code was reported'} : {how: 'code', code: exitCode};
};

const killGroup = async (pid: number | undefined, grace: number): Promise<void> => {
	if (pid === undefined) {
		return;
	}

	const killer = spawn('sh', ['-c', endGroupScript, 'sh', String(pid), String(Math.ceil(grace * 10))], {stdio: 'ignore', detached: true});
	await once(killer, 'close').catch(ignore);
};

const spawnLocally = async (request: SpawnRequest): Promise<Running> => {
	let touch = ignore;
	const running = startProcess(request, (chunk: Buffer, stream: Stream) => {
		touch();
		request.onData(chunk, stream);
	});
	const child = running.child!;
	({touch} = stopListeningAfterEnd(child));
	// A command may end without reading all of its input.
	child.stdin?.on('error', ignore);
	let over = false;
	const ended = running.then(output => endingOf(output, request), (error: unknown): Ending => ({how: 'failed', error: error as Error}));
	child.once('exit', () => {
		over = true;
	});
	return {
		ended,
		async kill(grace) {
			if (!over) {
				await killGroup(child.pid, grace);
			}
		},
	};
};

export const createLocalTransport = (): Transport => {
	// A question that nobody waits for any more must not keep the tool alive.
	const sockets = new Set<Socket>();
	let closed = false;
	const transport: Transport = {
		name: 'local',
		spawn: spawnLocally,
		async connect(host, port) {
			if (closed) {
				throw new Error('the tool is about to end');
			}

			const socket = connect({host, port});
			sockets.add(socket);
			socket.once('close', () => sockets.delete(socket));
			await once(socket, 'connect');
			return socket;
		},
		get host() {
			return transport;
		},
		enter: async command => command,
		interact: interactLocally,
		async close() {
			closed = true;
			for (const socket of sockets) {
				socket.destroy();
			}
		},
	};
	return transport;
};

/** This machine. */
export const createLocalMachine = (): Machine => createMachine(createLocalTransport());
