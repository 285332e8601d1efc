import {CommandError} from './commandError.js';
import {createLineSplitter, lastLinesOf} from './lines.js';
import {createTailBuffer} from './tailBuffer.js';
import {commandGrace, type Ending, type Running, type SpawnRequest, type Stream, type Transport} from './transport.js';
import type {RunOptions, RunResult} from './types.js';

export type ExecuteOptions = Omit<RunOptions, 'input'> & {
	readonly input?: SpawnRequest['input'];
	/** What a person calls it, when that is not the command line. */
	readonly label?: string;
	/** Bytes kept of each stream; default 4 MiB. */
	readonly keep?: number;
};

type Stopped = 'timeout' | 'idle' | 'aborted';

const keptBytes = 4 * 1024 * 1024;
const keptLines = 20;

/** Seconds an ended process group is given to say so, before its end is taken for granted. */
const lastWait = 5;

const createSink = (options: ExecuteOptions) => {
	const kept = {stdout: createTailBuffer(options.keep ?? keptBytes), stderr: createTailBuffer(options.keep ?? keptBytes)};
	const {onLine} = options;
	const splitters = onLine && {
		stdout: createLineSplitter(line => {
			onLine(line, 'stdout');
		}),
		stderr: createLineSplitter(line => {
			onLine(line, 'stderr');
		}),
	};
	return {
		push(chunk: Buffer, stream: Stream): void {
			kept[stream].push(chunk);
			splitters?.[stream].push(chunk);
		},
		end(): void {
			splitters?.stdout.end();
			splitters?.stderr.end();
		},
		text: (stream: Stream): string => kept[stream].text(),
		total: (stream: Stream): number => kept[stream].total(),
		lastLines: (): string[] => [...lastLinesOf(kept.stdout.text(), keptLines), ...lastLinesOf(kept.stderr.text(), keptLines)].slice(-keptLines),
	};
};

export type Watch = {
	/** Output came. */
	readonly touch: () => void;
	readonly stopped: Promise<Stopped>;
	readonly release: () => void;
};

/** Resolves `stopped` when a limit is reached or the signal comes; what to do about it is the caller's. */
export const watch = ({timeout, idleTimeout, signal}: Pick<RunOptions, 'timeout' | 'idleTimeout' | 'signal'>): Watch => {
	const timers: NodeJS.Timeout[] = [];
	let idle: NodeJS.Timeout | undefined;
	let abort = (): void => undefined;
	const stopped = new Promise<Stopped>(resolve => {
		if (timeout !== undefined) {
			timers.push(setTimeout(resolve, timeout * 1000, 'timeout'));
		}

		if (idleTimeout !== undefined) {
			idle = setTimeout(resolve, idleTimeout * 1000, 'idle');
			timers.push(idle);
		}

		abort = () => {
			resolve('aborted');
		};

		if (signal?.aborted) {
			abort();
		}

		signal?.addEventListener('abort', abort);
	});
	return {
		stopped,
		touch() {
			idle?.refresh();
		},
		release() {
			for (const timer of timers) {
				clearTimeout(timer);
			}

			signal?.removeEventListener('abort', abort);
		},
	};
};

const endOf = async (running: Running, stopped: Promise<Stopped>): Promise<Ending | {readonly how: Stopped}> => {
	const first = await Promise.race([running.ended, stopped]);
	if (typeof first !== 'string') {
		return first;
	}

	await running.kill(commandGrace);
	await Promise.race([running.ended, new Promise(resolve => {
		setTimeout(resolve, lastWait * 1000).unref();
	})]);
	return {how: first};
};

/** Codes by which shells, `env` and our own launcher say that there is no such program, or that it may not be executed. */
const couldNotStart = new Set([126, 127]);

/** Runs a command to its end. The base of everything that is not a job. */
export const execute = async (transport: Transport, argv: readonly string[], options: ExecuteOptions = {}): Promise<RunResult> => {
	const {allow = [0], env, cwd, input} = options;
	const begin = performance.now();
	const seconds = (): number => (performance.now() - begin) / 1000;
	const sink = createSink(options);
	const fail = (details: Pick<ConstructorParameters<typeof CommandError>[0], 'outcome' | 'code' | 'signal' | 'reason'>): never => {
		throw new CommandError({...details, argv, machine: transport.name, lastLines: sink.lastLines(), seconds: seconds(), label: options.label});
	};

	if (options.signal?.aborted) {
		return fail({outcome: 'aborted'});
	}

	const limits = watch(options);
	try {
		const running = await transport.spawn({
			argv, ...(env && {env}), ...(cwd !== undefined && {cwd}), ...(input !== undefined && {input}),
			onData(chunk, stream) {
				limits.touch();
				sink.push(chunk, stream);
			},
		});
		const ending = await endOf(running, limits.stopped);
		sink.end();
		switch (ending.how) {
			case 'code': {
				const {code} = ending;
				if (allow === 'any' || allow.includes(code)) {
					return {code, stdout: sink.text('stdout'), stderr: sink.text('stderr'), seconds: seconds()};
				}

				return fail({outcome: couldNotStart.has(code) && options.label === undefined ? 'not-started' : 'code', code});
			}

			case 'signal': {
				return fail({outcome: 'signal', signal: ending.signal});
			}

			case 'lost': {
				return fail({outcome: 'unknown', reason: ending.reason});
			}

			case 'failed': {
				throw ending.error;
			}

			default: {
				return fail({outcome: ending.how});
			}
		}
	} finally {
		limits.release();
	}
};
