import {setTimeout as sleep} from 'node:timers/promises';
import {endJobs, lastJobOf} from './jobs.js';
import type {RunContext} from './runContext.js';
import type {StepRecord} from './types.js';

const liveJobs = async <T>(context: RunContext<T>): Promise<ReadonlyArray<{id: string; record: StepRecord}>> => {
	const unfinished = Object.values(context.store.records()).filter(({status, jobs}) => jobs && (status === 'running' || status === 'undoing'));
	const found = await Promise.all(unfinished.map(async record => ({record, job: await lastJobOf(record, context)})));
	return found.flatMap(({record, job}) => (job?.state === 'running' ? [{id: job.id, record}] : []));
};

const waitFor = async (signal: AbortSignal, seconds: number): Promise<void> => {
	await sleep(seconds * 1000, undefined, {signal}).catch(() => undefined);
};

/**
 * After a stop: says which jobs go on by themselves, and waits `seconds` for a second Ctrl-C, which ends them.
 * After a hang-up or termination nobody is there to press a key.
 */
export const linger = async <T>(context: RunContext<T>, seconds: number): Promise<void> => {
	const {interrupts: {stop, kill}, emit} = context;
	const live = await liveJobs(context);
	if (live.length === 0) {
		return;
	}

	const names = live.map(({id}) => id).join(', ');
	const attended = stop.reason === 'SIGINT';
	emit({type: 'notice', level: 'warn', message: `${names} goes on by itself; the next run attaches to it.${attended ? ' Ctrl-C again ends it.' : ''}`});
	if (attended && !kill.aborted) {
		await waitFor(kill, seconds);
	}

	if (kill.aborted) {
		const ended = await Promise.all(live.map(async ({record}) => endJobs(record, context)));
		emit({type: 'notice', level: 'warn', message: `Ended ${ended.flat().join(', ') || 'nothing, it had just finished'}.`});
	}
};
