import {ToolError} from '../errors/toolError.js';
import {act, createVoice} from './action.js';
import {followsJob, type LastJob} from './decide.js';
import {infoOf, type Failure} from './events.js';
import {stopped} from './interrupts.js';
import {endJobs, lastJobOf, reattach, removeJobFiles} from './jobs.js';
import {look} from './look.js';
import {decideStep} from './plan.js';
import {adopt, confirm, finish, newRecord, recordFailure, type StepRun} from './recordKeeping.js';
import type {RunContext} from './runContext.js';
import {wayBack, type Decision, type PlannedStep, type Probe, type Step, type StepRecord} from './types.js';

/** How one step of `up` ended. */
export type StepResult = {
	readonly result: 'done' | 'skipped' | 'adopted' | 'failed' | 'interrupted';
	readonly reason: string;
	/** Something was done, or it stands otherwise than the plan saw it: what stands on the step must look again. */
	readonly changed: boolean;
	readonly failure?: Failure;
};

/** Waits for a job of an interrupted run that does what is wanted now; ends any other that still runs. */
const settleJobs = async <T>(run: StepRun<T>, record: StepRecord | undefined): Promise<LastJob | undefined> => {
	const {step, planned, context, begin} = run;
	const unfinished = record?.status === 'running' || record?.status === 'undoing';
	const lastJob = unfinished ? await lastJobOf(record, context) : undefined;
	if (lastJob?.state !== 'running' || !record) {
		return lastJob;
	}

	if (followsJob({record, inputHash: planned.inputHash, fresh: context.fresh})) {
		begin(`was interrupted, its job ${lastJob.id} still runs and is followed to its end first`);
		let end: LastJob | undefined;
		await act(run, async inner => {
			end = await reattach(record, lastJob, inner, context);
		});
		return end;
	}

	const ended = await endJobs(record, context);
	context.emit({type: 'notice', level: 'warn', message: `${step.id}: ended ${ended.join(', ')} of an earlier run, which does not do what is wanted now.`});
	return lastJobOf(record, context);
};

/** The plan's decision, or a new one where something has happened since. */
const decideNow = async <T>(run: StepRun<T>, upstreamReran: boolean): Promise<Decision & {probe: Probe}> => {
	const {step, planned, context} = run;
	const record = context.store.record(step.id);
	const lastJob = await settleJobs(run, record);
	if (!lastJob && !upstreamReran) {
		return planned;
	}

	const probe = await look(step, context.env, context.interrupts.stop);
	const {inputHash} = planned;
	return {...decideStep(step, context.bootId, {record, inputHash, probe, upstreamReran, lastJob, fresh: context.fresh}), probe};
};

/** Only what is there counts as done, whatever the action said. */
const verify = async <T>({step, context}: StepRun<T>): Promise<string> => {
	// Seconds from the end, a first Ctrl-C does not throw the step's work away.
	const probe = await look(step, context.env, context.interrupts.kill);
	if (probe.state === 'unknown') {
		throw new ToolError('K2D2007', `${step.title} ended without error, but whether it worked cannot be seen: ${probe.evidence}`);
	}

	if (probe.state !== 'present') {
		throw new ToolError('K2D2008', `${step.title} ended without error, but is ${probe.state}: ${probe.evidence}`);
	}

	return probe.evidence;
};

const takeBack = async <T>(run: StepRun<T>, record: StepRecord | undefined): Promise<void> => {
	const {step, context, voice} = run;
	const takingBack = wayBack(step.undo);
	if (record && takingBack) {
		const {code: _, ...kept} = record;
		await context.store.put(step.id, {...kept, status: 'undoing'});
		voice.say('taking it back first');
		await act(run, takingBack);
	}
};

const actAndVerify = async <T>(run: StepRun<T>, decision: Decision & {probe: Probe}): Promise<string> => {
	const {step, context} = run;
	const record = context.store.record(step.id);
	let {probe} = decision;
	if (decision.verdict === 'UNDO+RUN') {
		await takeBack(run, record);
		probe = {state: 'absent', evidence: 'taken back'};
	} else if (context.fresh && step.putAside) {
		await act(run, step.putAside);
		probe = {state: 'absent', evidence: 'put aside'};
	}

	await removeJobFiles(record, context);
	await context.store.put(step.id, newRecord(run, probe));
	await act(run, step.apply, step.retry);
	const evidence = await verify(run);
	await finish(run);
	return evidence;
};

const fail = async <T>(run: StepRun<T>, error: unknown): Promise<Omit<StepResult, 'changed'>> => {
	const {step, context, voice} = run;
	const failure = context.failureOf(error, step.id, voice.lastLines);
	// Commands that were cut short report it in many ways.
	if (context.interrupts.stop.aborted) {
		return {result: 'interrupted', reason: stopped(context.interrupts.stop).message};
	}

	try {
		await recordFailure(run, failure);
	} catch (writeError) {
		context.emit({type: 'notice', level: 'warn', message: context.failureOf(writeError, step.id, []).what});
	}

	return {result: 'failed', reason: failure.what, failure};
};

const carryOut = async <T>(run: StepRun<T>, upstreamReran: boolean): Promise<StepResult> => {
	const decision = await decideNow(run, upstreamReran);
	const {verdict, reason, probe} = decision;
	// A job of an earlier run may have ended before this one came to wait for it.
	const changed = probe.state !== run.planned.probe.state;
	switch (verdict) {
		case 'BLOCK': {
			throw new ToolError('K2D2010', `Whether ${run.step.title} is done cannot be told: ${probe.evidence}`);
		}

		case 'SKIP': {
			await confirm(run);
			return {result: 'skipped', reason, changed};
		}

		case 'ADOPT': {
			await adopt(run, probe);
			return {result: 'adopted', reason, changed};
		}

		case 'RUN':
		case 'RERUN':
		case 'UNDO+RUN': {
			run.begin(reason);
			return {result: 'done', reason: await actAndVerify(run, decision), changed: true};
		}
	}
};

/**
 * Does one step of a plan: settles jobs of an earlier run, looks again where something changed since the plan, decides, acts,
 * verifies, records. Emits its events. Never throws.
 */
export const runStep = async <T>(step: Step<T>, planned: PlannedStep, upstreamReran: boolean, context: RunContext<T>): Promise<StepResult> => {
	const voice = createVoice(step.id, context);
	const startedAt = Date.now();
	let started = false;
	const begin = (reason: string): void => {
		if (!started) {
			started = true;
			context.emit({type: 'step-start', step: infoOf(planned), action: 'apply', reason});
		}
	};

	const run: StepRun<T> = {step, planned, context, voice, begin};
	let end: StepResult;
	try {
		end = await carryOut(run, upstreamReran);
	} catch (error) {
		end = {...await fail(run, error), changed: started};
	}

	const {result, reason, failure} = end;
	context.emit({type: 'step-end', id: step.id, result, seconds: (Date.now() - startedAt) / 1000, reason, ...(failure ? {failure} : {})});
	return end;
};
