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
	/** `kept`: false for a line that a failure is not told with. */
	readonly output: (line: string, kept?: boolean) => void;
};

export const createVoice = (id: string, {emit}: Pick<RunContext<unknown>, 'emit'>): Voice => {
	const lastLines: string[] = [];
	let said: string | undefined;
	return {
		lastLines,
		say(message) {
			// A wait says at every look what it waits for; only news is an event.
			if (message !== said) {
				said = message;
				emit({type: 'step-say', id, message});
			}
		},
		output(raw, kept = true) {
			// A progress bar writes over itself: as on a terminal, its last state counts.
			const line = raw.slice(raw.lastIndexOf('\r') + 1);
			if (kept) {
				lastLines.push(line);
			}

			if (lastLines.length > keptLines) {
				lastLines.shift();
			}

			emit({type: 'step-output', id, line});
		},
	};
};

/** A step at work. */
export type Actor<T> = {
	readonly step: Step<T>;
	readonly context: RunContext<T>;
	readonly voice: Voice;
};

type Action<T> = (context: StepContext<T>) => Promise<void>;

/** One try under the step's silence limit and under `stop`; whatever is said counts as a sign of life. */
const tryOnce = async <T>({step, context, voice}: Actor<T>, stop: AbortSignal, action: Action<T>): Promise<void> =>
	bounded(step.id, {idleTimeout: step.idleTimeout * context.timeoutScale}, stop, async (signal, touch) => {
		const progress: StepContext['progress'] = {
			say(message) {
				touch();
				voice.say(message);
			},
			output(line) {
				if (!step.waiting?.test(line)) {
					touch();
				}

				voice.output(line, !step.noise?.test(line));
				const phase = step.phase?.(line);
				if (phase !== undefined) {
					voice.say(phase);
				}
			},
		};
		return action({env: context.env, signal, progress, job: createJob(step, context, signal, progress)});
	});

/** A lost outcome, a stop and a used-up time limit are not mended by trying again. */
const mayRetry = (exitCode: number, signal: AbortSignal): boolean => exitCode === exitCodes.step && !signal.aborted;

const once: Required<Step>['retry'] = {attempts: 1, delay: 0};

/** Runs an action within the step's limits and under the run's stop; with `retry` again with growing delays. */
export const act = async <T>(actor: Actor<T>, action: Action<T>, retry = once): Promise<void> => {
	const {step, context, voice} = actor;
	await bounded(step.id, {timeout: step.timeout * context.timeoutScale}, context.interrupts.stop, async signal => {
		for (let attempt = 1; ; attempt++) {
			try {
				await tryOnce(actor, signal, action);
				return;
			} catch (error) {
				const {exitCode, what} = context.failureOf(error, step.id, voice.lastLines);
				if (attempt >= retry.attempts || !mayRetry(exitCode, signal)) {
					throw error;
				}

				const pause = retry.delay * (2 ** (attempt - 1));
				context.emit({type: 'step-retry', id: step.id, attempt: attempt + 1, of: retry.attempts, delay: pause, cause: what});
				await sleep(pause * 1000, undefined, {signal});
			}
		}
	});
};
