import {toFailure} from '../errors/toFailure.js';
import {exitCodes, ToolError} from '../errors/toolError.js';
import type {HeldLock} from './environmentLock.js';
import type {Emit, Failure} from './events.js';
import {interruptCode, type Interrupts} from './interrupts.js';

/** Commands that do steps. */
export type RunCommand = 'up' | 'fetch' | 'down';

/** How a run ended. */
export type Outcome = {
	readonly result: 'ok' | 'failed' | 'interrupted' | 'unknown';
	readonly exitCode: number;
	readonly failures: readonly Failure[];
	readonly seconds: number;
};

/** A stop outweighs failures; a failure outweighs an unknown outcome. With several failures of one kind the first one's code counts. */
export const outcomeOf = (failures: readonly Failure[], stop: AbortSignal): Pick<Outcome, 'result' | 'exitCode'> => {
	if (stop.aborted && !(stop.reason instanceof ToolError)) {
		return {result: 'interrupted', exitCode: interruptCode(stop)};
	}

	const [first] = failures;
	if (!first) {
		return {result: 'ok', exitCode: exitCodes.ok};
	}

	const known = failures.find(({exitCode}) => exitCode !== exitCodes.unknown);
	return known ? {result: 'failed', exitCode: known.exitCode} : {result: 'unknown', exitCode: exitCodes.unknown};
};

/** What the engine's options say of a run as a whole. */
type Frame = {
	readonly environment: string;
	readonly profile: string;
	readonly resume?: string;
	readonly mask?: (text: string) => string;
	readonly log?: string;
	readonly emit: Emit;
	readonly ordered: readonly unknown[];
	readonly stops: Interrupts;
	/** Aborted with the error when somebody else got the lock meanwhile. */
	readonly lockLost: AbortController;
	readonly holdLock: (command: string) => Promise<HeldLock>;
};

const withLock = async (command: string, {holdLock, emit, lockLost}: Frame, work: () => Promise<readonly Failure[]>): Promise<readonly Failure[]> => {
	const lock = await holdLock(command);
	const watch = async (): Promise<void> => {
		lockLost.abort(new ToolError('K2D4007', `The lock of this environment was lost: ${await lock.lost}.`));
	};

	void watch();
	try {
		if (lock.tookOver !== undefined) {
			emit({type: 'notice', level: 'warn', message: `The lock of a run that died was taken over: ${lock.tookOver}.`});
		}

		return await work();
	} finally {
		await lock.release();
	}
};

/** The frame of a run: start and end events, the lock, and the outcome. Never throws: an error becomes a failure. */
export const inRunFrame = async (command: RunCommand, frame: Frame, work: () => Promise<readonly Failure[]>): Promise<Outcome> => {
	const {emit, environment, profile, resume, stops, mask, log, lockLost} = frame;
	const place = {...(mask ? {mask} : {}), ...(log === undefined ? {} : {log})};
	const startedAt = Date.now();
	emit({type: 'run-start', command, environment, profile, steps: frame.ordered.length});
	let failures: readonly Failure[];
	try {
		failures = await withLock(command, frame, work);
	} catch (error) {
		failures = stops.stop.aborted ? [] : [toFailure(error, place)];
	}

	if (lockLost.signal.aborted) {
		failures = [toFailure(lockLost.signal.reason, place), ...failures];
	}

	const outcome: Outcome = {...outcomeOf(failures, stops.stop), failures, seconds: (Date.now() - startedAt) / 1000};
	emit({type: 'run-end', ...outcome, ...(outcome.result === 'ok' || resume === undefined ? {} : {resume})});
	return outcome;
};
