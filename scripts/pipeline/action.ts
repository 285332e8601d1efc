import {setTimeout as sleep} from 'node:timers/promises';
import {exitCodes} from '../errors/toolError.js';
import {bounded} from './bounded.js';
import {createJob} from './jobs.js';
import type {RunContext} from './runContext.js';
import type {Step, StepContext} from './types.js';

/** Lines of a step's output that are kept for its failure. */
const keptLines = 60;

/** Output of a step: to the subscribers, and the last lines for a failure. */
export type Voice = {
	readonly lastLines: readonly string[];
	readonly say: (message: string) => void;
	readonly output: (line: string) => void;
};

export const createVoice = (id: string, {emit}: Pick<RunContext<unknown>, 'emit'>): Voice => {
	const lastLines: string[] = [];
	return {
		lastLines,
		say(message) {
			emit({type: 'step-say', id, message});
		},
		output(line) {
			lastLines.push(line);
			if (lastLines.length > keptLines) {
				lastLines.shift();
			}

			emit({type: 'step-output', id, line});
		},
	};
};

type Act<T> = (context: StepContext<T>) => Promise<void>;

/** Runs something of a step under its silence limit and the run's stop; whatever it says counts as a sign of life. */
const actOnce = async <T>(step: Step<T>, context: RunContext<T>, voice: Voice, stop: AbortSignal, action: Act<T>): Promise<void> =>
	bounded(step.id, {idleTimeout: step.idleTimeout * context.timeoutScale}, stop, async (signal, touch) => {
		const progress: StepContext['progress'] = {
			say(message) {
				touch();
				voice.say(message);
			},
			output(line) {
				touch();
				voice.output(line);
			},
		};
		return action({env: context.env, signal, progress, job: createJob(step, context, signal, progress)});
	});

/** A lost outcome, a stop and a used-up time limit are not mended by trying again. */
const mayRetry = (exitCode: number, signal: AbortSignal): boolean => exitCode === exitCodes.step && !signal.aborted;

/** Runs something of a step within the step's limits; with `retry` again with growing delays. */
export const act = async <T>(step: Step<T>, context: RunContext<T>, voice: Voice, action: Act<T>, retry: Step['retry'] = {attempts: 1, delay: 0}): Promise<void> => {
	await bounded(step.id, {timeout: step.timeout * context.timeoutScale}, context.interrupts.stop, async signal => {
		for (let attempt = 1; ; attempt++) {
			try {
				await actOnce(step, context, voice, signal, action);
				return;
			} catch (error) {
				const {exitCode, what} = context.failureOf(error, step.id, voice.lastLines);
				if (attempt >= retry.attempts || !mayRetry(exitCode, signal)) {
					throw error;
				}

				const pause = retry.delay * 2 ** (attempt - 1);
				context.emit({type: 'step-retry', id: step.id, attempt: attempt + 1, of: retry.attempts, delay: pause, cause: what});
				await sleep(pause * 1000, undefined, {signal});
			}
		}
	});
};
