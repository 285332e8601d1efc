import {CommandError} from '../machines/commandError.js';
import {quote} from '../machines/quote.js';
import type {Machine} from '../machines/types.js';
import {isLimit} from './bounded.js';
import type {LastJob} from './decide.js';
import type {RunContext} from './runContext.js';
import type {JobRecord, Progress, Step, StepContext, StepRecord} from './types.js';

type JobPlaces = Pick<RunContext<unknown>, 'jobDirectory' | 'machineNamed'>;

/** Where a job stands. One whose machine is not there any more is lost. */
const stateOf = async ({id, machine: name}: JobRecord, {jobDirectory, machineNamed}: JobPlaces): Promise<LastJob> => {
	const machine = machineNamed(name);
	const found = await machine?.jobState(jobDirectory, id) ?? {state: 'none' as const};
	switch (found.state) {
		case 'running': {
			return {id, state: 'running', since: found.startedAt};
		}

		case 'ended': {
			return found.code === 0 ? {id, state: 'ended'} : {id, state: 'failed', code: found.code};
		}

		case 'none':
		case 'lost': {
			return {id, state: 'lost'};
		}
	}
};

/** The job of a record that still runs, otherwise how the last one ended; undefined when the step had none. */
export const lastJobOf = async (record: StepRecord, places: JobPlaces): Promise<LastJob | undefined> => {
	let last: LastJob | undefined;
	for (const job of record.jobs ?? []) {
		last = await stateOf(job, places);
		if (last.state === 'running') {
			return last;
		}
	}

	return last;
};

const machineOf = (record: StepRecord, id: string, {machineNamed}: JobPlaces): Machine | undefined => {
	const name = record.jobs?.find(job => job.id === id)?.machine;
	return name === undefined ? undefined : machineNamed(name);
};

/** Follows a job of an earlier run to its end and tells how it ended. Its whole log goes to `progress` again. */
export const reattach = async (record: StepRecord, job: LastJob, context: Pick<StepContext, 'signal' | 'progress'>, places: JobPlaces): Promise<LastJob | undefined> => {
	const machine = machineOf(record, job.id, places);
	context.progress.say(`re-attached to ${job.id}${job.since === undefined ? '' : `, running since ${job.since}`}`);
	try {
		await machine?.followJob(places.jobDirectory, job.id, {signal: context.signal, onLine: context.progress.output});
	} catch (error) {
		if (isLimit(context.signal.reason)) {
			await machine?.killJob(places.jobDirectory, job.id);
		}

		// How it ended is asked of the machine below; only an end of the following itself counts here.
		context.signal.throwIfAborted();
		const now = await lastJobOf(record, places);
		if (now?.state === 'running') {
			throw error;
		}
	}

	return lastJobOf(record, places);
};

/** Ends every job of a record that still runs; gives their ids. */
export const endJobs = async (record: StepRecord | undefined, places: JobPlaces): Promise<readonly string[]> => {
	const ended = await Promise.all((record?.jobs ?? []).map(async ({id, machine}) =>
		await places.machineNamed(machine)?.killJob(places.jobDirectory, id) ? [id] : []));
	return ended.flat();
};

/** Removes the files of a record's ended jobs; a machine keeps them on its host. */
export const removeJobFiles = async (record: StepRecord | undefined, {host, jobDirectory}: Pick<RunContext<unknown>, 'host' | 'jobDirectory'>): Promise<void> => {
	if (record?.jobs?.length) {
		await host.script(record.jobs.map(({id}) => `rm -f -- ${quote(`${jobDirectory}/${id}`)}.*`).join('\n'));
	}
};

/** Takes a new id and puts it on record, before the job can be there. */
const register = async <T>(step: Step<T>, machine: Machine, {store, jobDirectory}: RunContext<T>): Promise<string> => {
	for (;;) {
		const record = store.record(step.id)!;
		const id = `${step.id}.${store.nextSerial()}`;
		await store.put(step.id, {...record, jobs: [...record.jobs ?? [], {id, machine: machine.name}]});
		// Files of a lost record may be about.
		const {state} = await machine.jobState(jobDirectory, id);
		if (state === 'none') {
			return id;
		}
	}
};

/** How long a job nobody follows outlasts the limits of its step, in seconds: whoever follows ends it first and says why. */
const slack = 60;

/** `StepContext.job` of one step. A reached limit ends the job; a stop of the run leaves it. */
export const createJob = <T>(step: Step<T>, context: RunContext<T>, signal: AbortSignal, progress: Progress): StepContext<T>['job'] => async (machine, argv, options = {}) => {
	const {jobDirectory: directory, timeoutScale} = context;
	signal.throwIfAborted();
	const id = await register(step, machine, context);
	const limits = {timeout: (step.timeout * timeoutScale) + slack, idleTimeout: (step.idleTimeout * timeoutScale) + slack};
	await machine.startJob({id, directory, argv, ...options, ...limits});
	try {
		const {code, seconds} = await machine.followJob(directory, id, {signal, onLine: progress.output});
		if (code !== 0) {
			throw new CommandError({outcome: 'code', argv, machine: machine.name, code, seconds, lastLines: []});
		}
	} catch (error) {
		if (isLimit(signal.reason)) {
			await machine.killJob(directory, id);
		}

		throw error;
	}
};
