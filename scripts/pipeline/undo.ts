import {ToolError} from '../errors/toolError.js';
import {act, createVoice} from './action.js';
import type {Failure} from './events.js';
import {ancestorsOf} from './graph.js';
import {stopped} from './interrupts.js';
import {endJobs, removeJobFiles} from './jobs.js';
import {look} from './look.js';
import type {RunContext} from './runContext.js';
import {schedule} from './schedule.js';
import {depths, wayBack, type Depth, type Plan, type Step, type StepRecord} from './types.js';

const reaches = (depth: Depth, wanted: Depth): boolean => depths.indexOf(depth) <= depths.indexOf(wanted);

/** What `down` does with a step. */
export type UndoDecision = 'undo' | 'leave-adopted' | 'pass';

/** Only what has a record is ours, and what was adopted is never removed. */
export const decideUndo = (step: Pick<Step<never>, 'undo'>, record: StepRecord | undefined, depth: Depth): UndoDecision => {
	if (!record || !('undo' in step.undo) || !reaches(step.undo.depth, depth)) {
		return 'pass';
	}

	return record.adopted ? 'leave-adopted' : 'undo';
};

/** The steps with their needs turned round: each comes after all that stands on it. */
export const reversed = <T>(ordered: ReadonlyArray<Step<T>>): ReadonlyArray<{readonly id: string; readonly stage: Step['stage']; readonly needs: readonly string[]; readonly step: Step<T>}> =>
	ordered.toReversed().map(step => ({
		id: step.id, stage: step.stage, step,
		needs: ordered.filter(other => other.needs.includes(step.id)).map(other => other.id),
	}));

/** Why the step's result stays. */
export const leftBehind = async <T>({undo}: Pick<Step<T>, 'undo'>, env: T): Promise<string | undefined> => 'undo' in undo ? undo.left?.(env) : undefined;

const undoStep = async <T>(step: Step<T>, context: RunContext<T>): Promise<void> => {
	const {store, interrupts} = context;
	const record = store.record(step.id)!;
	const voice = createVoice(step.id, context);
	const ended = await endJobs(record, context);
	if (ended.length > 0) {
		voice.say(`ended ${ended.join(', ')}, which still ran`);
	}

	const {code: _, ...kept} = record;
	await store.put(step.id, {...kept, status: 'undoing'});
	const takingBack = wayBack(step.undo);
	if (takingBack) {
		await act({step, context, voice}, takingBack);
	}

	const probe = await look(step, context.env, interrupts.kill);
	if (probe.state === 'present') {
		throw new ToolError('K2D2009', `${step.title} was taken back without error, but is still there: ${probe.evidence}`);
	}

	await removeJobFiles(store.record(step.id), context);
	await store.put(step.id, undefined);
};

/** Undoing failed: whatever the cause, the step stays on record and the code says that it was the way back. */
const undoFailure = <T>(step: Step<T>, error: unknown, context: RunContext<T>): Failure => {
	const failure = context.failureOf(error, step.id, []);
	return failure.code === 'K2D2001' || failure.code === 'K2D9001' ? {...failure, code: 'K2D2009'} : failure;
};

const runUndo = async <T>(step: Step<T>, reason: string, context: RunContext<T>): Promise<{readonly ok: boolean; readonly failure?: Failure}> => {
	const startedAt = Date.now();
	const {emit, interrupts} = context;
	const end = (result: 'undone' | 'skipped' | 'failed' | 'interrupted', reason: string, failure?: Failure): void => {
		emit({type: 'step-end', id: step.id, result, seconds: (Date.now() - startedAt) / 1000, reason, ...(failure ? {failure} : {})});
	};

	const {id, stage, title, expected} = step;
	emit({type: 'step-start', step: {id, stage, title, expected}, action: 'undo', reason});
	try {
		const left = await leftBehind(step, context.env);
		if (left !== undefined) {
			await context.store.put(id, undefined);
			createVoice(id, context).say(left);
			end('skipped', left);
			return {ok: true};
		}

		await undoStep(step, context);
		end('undone', 'taken back');
		return {ok: true};
	} catch (error) {
		if (interrupts.stop.aborted) {
			end('interrupted', stopped(interrupts.stop).message);
			return {ok: false};
		}

		const failure = undoFailure(step, error, context);
		end('failed', failure.what, failure);
		return {ok: false, failure};
	}
};

/** Steps on record that are not part of this configuration, e.g. of a component that is no longer chosen, and that have something to take back. */
export const strangersIn = (ordered: ReadonlyArray<Pick<Step<never>, 'id'>>, records: Readonly<Record<string, StepRecord>>): readonly string[] => {
	const known = new Set(ordered.map(({id}) => id));
	return Object.entries(records).flatMap(([id, {adopted, leavesNothing}]) => (known.has(id) || (adopted ?? false) || (leavesNothing ?? false) ? [] : [id]));
};

/** Steps on record of which nothing is left, because something removable that they stand on is gone with its data. */
const withoutTrace = <T>(ordered: ReadonlyArray<Step<T>>, records: Readonly<Record<string, StepRecord>>, gone: ReadonlySet<string>): readonly string[] => {
	const goneWithData = new Set(ordered.flatMap(({id, undo}) => (gone.has(id) && 'undo' in undo && undo.depth !== 'services' ? [id] : [])));
	const known = new Map(ordered.map(step => [step.id, step]));
	return Object.entries(records).flatMap(([id, {leavesNothing}]) => {
		const step = known.get(id);
		const isGone = step
			? 'nothingLeft' in step.undo && [...ancestorsOf(id, ordered)].some(ancestor => goneWithData.has(ancestor))
			: leavesNothing && goneWithData.size > 0;
		return isGone ? [id] : [];
	});
};

/** Tidies the records after the undoing, and says what this configuration cannot take back. */
const forget = async <T>(ordered: ReadonlyArray<Step<T>>, {store, emit}: RunContext<T>, gone: ReadonlySet<string>): Promise<void> => {
	for (const id of withoutTrace(ordered, store.records(), gone)) {
		await store.put(id, undefined);
	}

	const strangers = strangersIn(ordered, store.records());
	if (strangers.length > 0) {
		emit({type: 'notice', level: 'warn', message: `On record, but not part of this configuration and so left alone: ${strangers.join(', ')}. Run it again with the configuration that built them.`});
	}
};

type Choice<T> = {
	readonly choose: (step: Step<T>, record: StepRecord | undefined) => UndoDecision;
	/** Why, for a person. */
	readonly reason: string;
	readonly concurrency: number;
};

type TakenBack = {readonly failures: readonly Failure[]; readonly gone: ReadonlySet<string>};

const takeBackChosen = async <T>(ordered: ReadonlyArray<Step<T>>, {choose, reason, concurrency}: Choice<T>, context: RunContext<T>): Promise<TakenBack> => {
	const failures: Failure[] = [];
	const gone = new Set<string>();
	await schedule(reversed(ordered), {
		concurrency,
		mayStart: () => !context.interrupts.stop.aborted,
		async run({step}) {
			const todo = choose(step, context.store.record(step.id));
			if (todo === 'leave-adopted') {
				context.emit({type: 'step-end', id: step.id, result: 'skipped', seconds: 0, reason: 'was there before this tool and is left alone'});
			}

			if (todo !== 'undo') {
				return {ok: true, changed: false};
			}

			const {ok, failure} = await runUndo(step, reason, context);
			failures.push(...(failure ? [failure] : []));
			if (ok) {
				gone.add(step.id);
			}

			return {ok, changed: true};
		},
	});
	return {failures, gone};
};

/** Jobs of steps that are not taken back themselves: they would go on while what they stand on goes. */
const endOtherJobs = async <T>(ordered: ReadonlyArray<Step<T>>, depth: Depth, context: RunContext<T>): Promise<void> => {
	const {store, emit} = context;
	const passed = ordered.filter(step => decideUndo(step, store.record(step.id), depth) === 'pass');
	const ended = await Promise.all(passed.map(async ({id}) => store.record(id)?.status === 'running' ? endJobs(store.record(id), context) : []));
	if (ended.flat().length > 0) {
		emit({type: 'notice', level: 'info', message: `Ended ${ended.flat().join(', ')}, which still ran.`});
	}
};

/**
 * Takes steps back in the opposite order, as deep as wanted. A step that fails keeps what it stands on; the others go on.
 * Resolves with all failures. Never throws for a step.
 */
export const undoSteps = async <T>(ordered: ReadonlyArray<Step<T>>, depth: Depth, context: RunContext<T>, concurrency: number): Promise<readonly Failure[]> => {
	const choice: Choice<T> = {choose: (step, record) => decideUndo(step, record, depth), reason: 'taken back by down', concurrency};
	await endOtherJobs(ordered, depth, context);
	const {failures, gone} = await takeBackChosen(ordered, choice, context);
	await forget(ordered, context, gone);
	return failures;
};

/** Takes back some steps alone; what they stand on stays. Resolves with all failures. Never throws for a step. */
export const releaseSteps = async <T>(ordered: ReadonlyArray<Step<T>>, ids: ReadonlySet<string>, context: RunContext<T>, concurrency: number): Promise<readonly Failure[]> => {
	const choose: Choice<T>['choose'] = ({id, undo}, record) => {
		if (!ids.has(id) || !record || !wayBack(undo)) {
			return 'pass';
		}

		return record.adopted ? 'leave-adopted' : 'undo';
	};

	const {failures} = await takeBackChosen(ordered, {choose, reason: 'given back', concurrency}, context);
	return failures;
};

/** What runs on steps that the plan undoes before it does them again. */
export const runningOn = (ordered: ReadonlyArray<Step<never>>, plan: Plan, records: Readonly<Record<string, StepRecord>>): readonly string[] => {
	const replaced = new Set(plan.flatMap(({id, verdict}) => verdict === 'UNDO+RUN' ? [id] : []));
	return ordered.map(({id}) => id).filter((id, index) => decideUndo(ordered[index]!, records[id], 'services') === 'undo'
		&& [...ancestorsOf(id, ordered)].some(ancestor => replaced.has(ancestor)));
};

/** Stops it before that: a machine whose disk is taken away under it would be neither stopped nor started. The plan then starts it again. */
export const stopRunningOn = async <T>(ordered: ReadonlyArray<Step<T>>, plan: Plan, context: RunContext<T>, concurrency: number): Promise<readonly Failure[]> => {
	const running = new Set(runningOn(ordered, plan, context.store.records()));
	const choice: Choice<T> = {choose: ({id}) => running.has(id) ? 'undo' : 'pass', reason: 'stands on something that is made anew', concurrency};
	return running.size === 0 ? [] : (await takeBackChosen(ordered, choice, context)).failures;
};
