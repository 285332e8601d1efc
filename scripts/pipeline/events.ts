import type {Plan, PlannedStep, Stage} from './types.js';

/** What a failure tells the person who must act. */
export type Failure = {
	/** Catalogue code, e.g. K2D2003. */
	readonly code: string;
	readonly what: string;
	readonly why: string;
	readonly remedy: string;
	/** Last lines of output, already masked. */
	readonly lastLines: readonly string[];
	/** Path of the log file, where there is one. */
	readonly log?: string;
	readonly exitCode: number;
};

export type StepInfo = {readonly id: string; readonly stage: Stage; readonly title: string; readonly expected: number};

/**
 * What the engine says while it works; it knows no screen. Times are ISO 8601 UTC, durations seconds.
 * listr2, plain lines, JSON lines, log files and the test recorder are subscribers.
 */
export type EngineEvent = {readonly at: string} & (
	| {readonly type: 'run-start'; readonly command: string; readonly environment: string; readonly profile: string; readonly steps: number}
	| {readonly type: 'plan'; readonly plan: Plan}
	| {readonly type: 'notice'; readonly level: 'info' | 'warn'; readonly message: string}
	| {readonly type: 'step-start'; readonly step: StepInfo; readonly action: 'apply' | 'undo' | 'probe'; readonly reason: string}
	| {readonly type: 'step-say'; readonly id: string; readonly message: string}
	| {readonly type: 'step-output'; readonly id: string; readonly line: string}
	| {readonly type: 'step-retry'; readonly id: string; readonly attempt: number; readonly of: number; readonly delay: number; readonly cause: string}
	| {readonly type: 'step-end'; readonly id: string; readonly result: 'done' | 'skipped' | 'adopted' | 'undone' | 'failed' | 'interrupted'; readonly seconds: number; readonly reason: string; readonly failure?: Failure}
	| {readonly type: 'run-end'; readonly result: 'ok' | 'failed' | 'interrupted' | 'unknown'; readonly exitCode: number; readonly seconds: number; readonly failures: readonly Failure[]; readonly resume?: string}
);

export type EventBody = EngineEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never;
export type Subscriber = (event: EngineEvent) => void;
export type Emit = (event: EventBody) => void;

/** Stamps each event and hands it to every subscriber in turn. A subscriber that throws is dropped, the run goes on. */
export const createEmitter = (subscribers: readonly Subscriber[], now: () => Date = () => new Date()): Emit => {
	const active = new Set(subscribers);
	return body => {
		const event: EngineEvent = {at: now().toISOString(), ...body};
		for (const subscriber of active) {
			try {
				subscriber(event);
			} catch {
				active.delete(subscriber);
			}
		}
	};
};

export const infoOf = (step: PlannedStep | StepInfo): StepInfo => ({
	id: step.id, stage: step.stage, title: step.title, expected: step.expected,
});
