import type {EngineEvent, EventBody, Failure} from '../../../scripts/pipeline/events.js';
import type {PlannedStep, Verdict} from '../../../scripts/pipeline/types.js';

export const planned = (id: string, verdict: Verdict, more: Partial<PlannedStep> = {}): PlannedStep => ({
	id, verdict, stage: 'control-plane', title: `Title of ${id}`, reason: `reason of ${id}`, inputHash: 'hash', expected: 30, inputs: {},
	probe: {state: verdict === 'SKIP' || verdict === 'ADOPT' ? 'present' : 'absent', evidence: `evidence of ${id}`}, ...more,
});

export const failure: Failure = {
	code: 'K2D2001', what: 'mariadbd ended with code 1.', why: 'The command ended with an error.', remedy: 'Read the log.', lastLines: ['last line'], log: '/logs/mariadb.log', exitCode: 1,
};

/** Seconds after the beginning of the sample run. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 12) + (seconds * 1000)).toISOString();

export const event = (seconds: number, body: EventBody): EngineEvent => ({at: at(seconds), ...body});

export const stepStart = (seconds: number, id: string, expected = 120): EngineEvent => event(seconds, {
	type: 'step-start', step: {id, stage: 'control-plane', title: `Title of ${id}`, expected}, action: 'apply', reason: 'it is not there',
});
