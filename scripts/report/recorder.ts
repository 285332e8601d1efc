import type {EngineEvent, Failure, Subscriber} from '../pipeline/events.js';
import type {Plan} from '../pipeline/types.js';

type StepEnd = EngineEvent & {type: 'step-end'};

export type RecordedStep = {
	readonly id: string;
	readonly result: StepEnd['result'];
	readonly seconds: number;
	readonly reason: string;
	readonly failure?: Failure;
};

/** What a run came to, for the summary and for --json. */
export type Recorded = {
	readonly plan?: Plan;
	readonly steps: readonly RecordedStep[];
	readonly warnings: readonly string[];
	readonly end?: {readonly result: 'ok' | 'failed' | 'interrupted' | 'unknown'; readonly exitCode: number; readonly seconds: number; readonly failures: readonly Failure[]; readonly resume?: string};
};

/** A subscriber that remembers, and what it remembers so far. */
export const createRecorder = (): {readonly subscriber: Subscriber; readonly recorded: () => Recorded} => {
	const steps: RecordedStep[] = [];
	const warnings: string[] = [];
	let plan: Plan | undefined;
	let end: Recorded['end'];
	return {
		subscriber(event) {
			switch (event.type) {
				case 'plan': {
					plan = event.plan;
					break;
				}

				case 'notice': {
					if (event.level === 'warn') {
						warnings.push(event.message);
					}

					break;
				}

				case 'step-end': {
					const {id, result, seconds, reason, failure} = event;
					steps.push({id, result, seconds, reason, ...(failure ? {failure} : {})});
					break;
				}

				case 'run-end': {
					const {result, exitCode, seconds, failures, resume} = event;
					end = {result, exitCode, seconds, failures, ...(resume === undefined ? {} : {resume})};
					break;
				}

				default: {
					break;
				}
			}
		},
		recorded: () => ({steps, warnings, ...(plan ? {plan} : {}), ...(end ? {end} : {})}),
	};
};
