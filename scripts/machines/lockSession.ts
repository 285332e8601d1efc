import {PassThrough} from 'node:stream';
import {CommandError} from './commandError.js';
import {lastLinesOf} from './lines.js';
import {lockHolderScript} from './shell/lock.js';
import {createTailBuffer} from './tailBuffer.js';
import type {Ending, Transport} from './transport.js';

/** Seconds. */
export type LockTiming = {
	/** Between two signs of life. */
	readonly beat: number;
	/** Without one, until the holder gives up. */
	readonly silence: number;
};

/** A holder on the machine that has the lock. Its signs of life are sent until it ends. */
export type LockSession = {
	/** The text that was there before. */
	readonly previous: string;
	readonly ended: Promise<unknown>;
	readonly release: () => Promise<void>;
};

export type LockAnswer = LockSession | {readonly holder: string; readonly ageSeconds: number};

/** Seconds for the holder to remove the text and go. */
const releaseWait = 5;

const ageOf = (line: string): number | undefined => {
	const match = /^held (-?\d+)$/.exec(line);
	return match ? Math.max(0, Number(match[1])) : undefined;
};

const failure = (transport: Transport, path: string, ending: Ending, lastLines: readonly string[], seconds: number): Error => {
	if (ending.how === 'failed') {
		return ending.error;
	}

	const outcome = ending.how === 'lost' ? 'unknown' : ending.how;
	return new CommandError({
		outcome, argv: ['flock', '-w', '1', `${path}.flock`], label: `Taking the lock ${path}`, machine: transport.name, lastLines, seconds,
		code: ending.how === 'code' ? ending.code : undefined, signal: ending.how === 'signal' ? ending.signal : undefined,
	});
};

/** Starts a holder. It has the lock, or says who has. */
export const openLockSession = async (transport: Transport, path: string, text: string, {beat, silence}: LockTiming): Promise<LockAnswer> => {
	const begin = performance.now();
	const input = new PassThrough();
	const said = {stdout: createTailBuffer(65_536), stderr: createTailBuffer(4096)};
	let gotAnswer = (): void => undefined;
	const answered = new Promise<void>(resolve => {
		gotAnswer = resolve;
	});
	input.write(`${text}\n`);
	const running = await transport.spawn({
		argv: ['sh', '-c', lockHolderScript, 'sh', path, String(silence)],
		input,
		onData(chunk, stream) {
			said[stream].push(chunk);
			if (/^acquired\n.*\n/.test(said.stdout.text())) {
				gotAnswer();
			}
		},
	});
	const ending = await Promise.race([running.ended, answered]);
	const [first = '', second = ''] = said.stdout.text().split('\n');
	if (ending) {
		input.end();
		const ageSeconds = ageOf(first);
		if (ageSeconds === undefined || ending.how !== 'code') {
			throw failure(transport, path, ending, lastLinesOf(said.stderr.text(), 20), (performance.now() - begin) / 1000);
		}

		return {holder: second, ageSeconds};
	}

	const timer = setInterval(() => {
		input.write('alive\n');
	}, beat * 1000);
	const ended = running.ended.finally(() => {
		clearInterval(timer);
	});
	return {
		previous: second,
		ended,
		async release() {
			input.end('release\n');
			const late = setTimeout(() => {
				void running.kill(1);
			}, releaseWait * 1000);
			await ended;
			clearTimeout(late);
		},
	};
};
