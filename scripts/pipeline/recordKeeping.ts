import {exitCodes} from '../errors/toolError.js';
import type {Actor} from './action.js';
import type {Failure} from './events.js';
import {timestamp} from './runContext.js';
import type {PlannedStep, Probe, StepRecord} from './types.js';

/** One step of a plan at work. */
export type StepRun<T> = Actor<T> & {
	readonly planned: PlannedStep;
	/** Says that work on the step begins; only the first call counts. */
	readonly begin: (reason: string) => void;
};

/** The record of a step whose action begins now. */
export const newRecord = <T>({step, planned, context}: StepRun<T>, probe: Probe): StepRecord => {
	const adopted = probe.state !== 'absent' && context.store.record(planned.id)?.adopted;
	return {
		status: 'running', inputHash: planned.inputHash, inputs: planned.inputs, startedAt: timestamp(), bootId: context.bootId,
		...(probe.state === 'present' ? {wasPresent: true} : {}),
		...(adopted ? {adopted: true} : {}),
		...('nothingLeft' in step.undo ? {leavesNothing: true} : {}),
	};
};

/** The action ended and was verified. */
export const finish = async <T>({step, context}: StepRun<T>): Promise<void> => {
	const record = context.store.record(step.id)!;
	const {code: _, ...kept} = record;
	await context.store.put(step.id, {...kept, status: 'done', endedAt: timestamp(), bootId: context.bootId});
};

/** The step was found done: by somebody else, unless only this tool can have done it. */
export const adopt = async <T>(run: StepRun<T>, probe: Probe): Promise<void> => {
	const {wasPresent: _, ...record} = newRecord(run, probe);
	await run.context.store.put(run.step.id, {...record, status: 'done', endedAt: timestamp(), ...(run.step.own ? {} : {adopted: true})});
};

/**
 * Keeps the record of a verified step true: an interrupted one is done now, a volatile one belongs to this boot, one whose result
 * bears the name of other inputs is of these now.
 */
export const confirm = async <T>(run: StepRun<T>): Promise<void> => {
	const record = run.context.store.record(run.step.id)!;
	const {inputHash, inputs} = run.planned;
	if (run.step.namedByInputs && record.inputHash !== inputHash) {
		await run.context.store.put(run.step.id, {...record, inputHash, inputs});
	}

	if (record.status !== 'done' || (run.step.volatile && record.bootId !== run.context.bootId)) {
		await finish(run);
	}
};

/** A failure stays on record; a step whose outcome nobody saw stays `running`, so that the next run looks first. */
export const recordFailure = async <T>({step, context}: StepRun<T>, failure: Failure): Promise<void> => {
	const record = context.store.record(step.id);
	if (record?.status === 'running' && failure.exitCode !== exitCodes.unknown) {
		await context.store.put(step.id, {...record, status: 'failed', endedAt: timestamp(), code: failure.code});
	}
};
