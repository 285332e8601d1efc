import {PassThrough} from 'node:stream';
import {CommandError, type CommandErrorDetails} from './commandError.js';
import {watch, type Watch} from './execute.js';
import {parseJobState} from './jobState.js';
import {createLineSplitter, lastLinesOf} from './lines.js';
import {followJobScript} from './shell/jobControl.js';
import {createTailBuffer} from './tailBuffer.js';
import type {Ending, Running, Transport} from './transport.js';
import type {CommandOutcome, FollowOptions, JobState, RunResult} from './types.js';

type Job = {readonly base: string; readonly id: string};

/** The state of a job that is over, and the size of its log. */
type Report = {readonly state: JobState; readonly size: number};

const keptBytes = 4 * 1024 * 1024;
const keptLines = 20;

/** Attempts in a row that bring nothing before we stop asking. */
const patience = 5;

/** `STATE… SIZE`: the last whole line; shells may have said something before it. */
const parseReport = (text: string): Report | undefined => {
	const line = text.endsWith('\n') ? lastLinesOf(text, 1)[0] : undefined;
	const match = /^((?:none|lost|ended) ?.*?) (\d+)$/.exec(line ?? '');
	return match ? {state: parseJobState(match[1]!), size: Number(match[2])} : undefined;
};

type Attempt = Report | Ending | {readonly how: 'timeout' | 'idle' | 'aborted'};

/** One channel: the log from `offset` until the job is over or the channel is. */
const followOnce = async (transport: Transport, {base}: Job, offset: number, limits: Watch, onLog: (chunk: Buffer) => void): Promise<Attempt> => {
	const input = new PassThrough();
	const said = createTailBuffer(4096);
	const spawning = transport.host.spawn({
		argv: ['sh', '-c', followJobScript, 'sh', base, String(offset)],
		input,
		onData(chunk, stream) {
			if (stream === 'stdout') {
				limits.touch();
				onLog(chunk);
			} else {
				said.push(chunk);
			}
		},
	});
	const leave = async (running: Running): Promise<void> => {
		input.end();
		await running.kill(0);
	};

	try {
		const first = await Promise.race([spawning.then(async running => running.ended), limits.stopped]);
		if (typeof first !== 'string') {
			return parseReport(said.text()) ?? first;
		}

		spawning.then(leave, () => undefined);
		return {how: first};
	} finally {
		input.end();
	}
};

const endedBy: Record<NonNullable<Extract<JobState, {state: 'ended'}>['by']>, CommandOutcome> = {timeout: 'timeout', idle: 'idle', killed: 'aborted'};

const outcomeOf = (state: JobState): Pick<CommandErrorDetails, 'outcome' | 'code' | 'reason'> => {
	switch (state.state) {
		case 'ended': {
			const outcome = state.by === undefined ? 'code' : endedBy[state.by];
			return {outcome, code: state.code};
		}

		case 'none': {
			return {outcome: 'not-started', reason: 'there is no such job'};
		}

		default: {
			return {outcome: 'unknown', reason: 'its process is gone and left no result'};
		}
	}
};

/** Follows a job to its end and resolves with its code, zero or not; through dropped links: what was seen of the log is not asked for again. */
export const followJob = async (transport: Transport, job: Job, options: FollowOptions): Promise<RunResult> => {
	const begin = performance.now();
	const seconds = (): number => (performance.now() - begin) / 1000;
	const log = createTailBuffer(keptBytes);
	const lines = createLineSplitter(line => {
		options.onLine?.(line, 'stdout');
	});
	const fail = (details: Pick<CommandErrorDetails, 'outcome' | 'code' | 'reason'>): never => {
		throw new CommandError({
			...details, argv: ['job', job.id], label: `Job ${job.id}`, machine: transport.name, lastLines: lastLinesOf(log.text(), keptLines), seconds: seconds(),
		});
	};

	const limits = watch(options);
	try {
		for (let fruitless = 0; ;) {
			const seen = log.total();
			const attempt = await followOnce(transport, job, seen, limits, chunk => {
				log.push(chunk);
				lines.push(chunk);
			});
			fruitless = log.total() > seen ? 0 : fruitless + 1;
			const isWhole = 'state' in attempt && (log.total() >= attempt.size || fruitless > patience);
			if (isWhole) {
				lines.end();
				const {state} = attempt;
				return state.state === 'ended' && state.by === undefined
					? {code: state.code, stdout: log.text(), stderr: '', seconds: seconds()}
					: fail(outcomeOf(state));
			}

			if ('state' in attempt) {
				continue;
			}

			if (attempt.how === 'failed') {
				throw attempt.error;
			}

			if (attempt.how === 'timeout' || attempt.how === 'idle' || attempt.how === 'aborted') {
				return fail({outcome: attempt.how, reason: 'the job itself goes on'});
			}

			if (fruitless > patience) {
				return fail({outcome: 'unknown', reason: 'its log cannot be read'});
			}
		}
	} finally {
		limits.release();
	}
};
