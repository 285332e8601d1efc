import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../errors/toolError.js';

export type Limits = {
	/** Seconds in all. */
	readonly timeout?: number;
	/** Seconds without a call of `touch`. */
	readonly idleTimeout?: number;
	/** Seconds that an action gets to end itself once it was told to. Default 30: TERM, 10 s, KILL, and a slow link. */
	readonly grace?: number;
};

/** Whether an abort's reason is a reached limit: whoever sees it ends the processes it started. */
export const isLimit = (reason: unknown): boolean => reason instanceof ToolError && (reason.code === 'K2D2002' || reason.code === 'K2D2003');

type Clock = {readonly touch: () => void; readonly stop: () => void};

const startClock = (what: string, {timeout, idleTimeout}: Limits, expire: (error: ToolError) => void): Clock => {
	const timers: NodeJS.Timeout[] = [];
	let lastSign = Date.now();
	if (timeout !== undefined) {
		timers.push(setTimeout(() => {
			expire(new ToolError('K2D2002', `${what} took longer than ${timeout} s and was ended.`));
		}, timeout * 1000));
	}

	if (idleTimeout !== undefined) {
		// Looking now and then is cheaper than a new timer for every line of output.
		timers.push(setInterval(() => {
			if (Date.now() - lastSign >= idleTimeout * 1000) {
				expire(new ToolError('K2D2003', `${what} said nothing new for ${idleTimeout} s and was ended.`));
			}
		}, Math.min(1000, idleTimeout * 250)));
	}

	return {
		touch() {
			lastSign = Date.now();
		},
		stop() {
			for (const timer of timers) {
				clearTimeout(timer);
			}
		},
	};
};

/** Rejects some time after the signal's abort, for actions that do not heed it. */
const deaf = async (signal: AbortSignal, grace: number, settled: AbortSignal): Promise<never> => {
	await new Promise<void>(resolve => {
		signal.addEventListener('abort', () => {
			resolve();
		}, {once: true});
	});
	await sleep(grace * 1000, undefined, {signal: settled});
	throw new ToolError('K2D2006', 'It was told to end and did not.');
};

/**
 * Runs an action within limits and under `stop`. Its signal is aborted with a ToolError when a limit is reached, or with the
 * reason of `stop`; either way the action gets time to end what it started. A reached limit is thrown as K2D2002 or
 * K2D2003, whatever the action made of it.
 */
export const bounded = async <R>(
	what: string,
	limits: Limits,
	stop: AbortSignal,
	action: (signal: AbortSignal, touch: () => void) => Promise<R>,
): Promise<R> => {
	const limit = new AbortController();
	const settled = new AbortController();
	let reached: ToolError | undefined;
	const clock = startClock(what, limits, error => {
		reached ??= error;
		limit.abort(error);
	});
	const signal = AbortSignal.any([limit.signal, stop]);
	const patience = deaf(signal, limits.grace ?? 30, settled.signal);
	patience.catch(() => undefined);
	try {
		signal.throwIfAborted();
		return await Promise.race([action(signal, clock.touch), patience]);
	} catch (error) {
		throw reached ?? error;
	} finally {
		clock.stop();
		settled.abort();
	}
};
