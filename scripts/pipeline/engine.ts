import {toFailure} from '../errors/toFailure.js';
import type {Machine} from '../machines/types.js';
import {holdEnvironment, type HeldLock} from './environmentLock.js';
import type {Emit, Failure} from './events.js';
import {order, validate, type Selection} from './graph.js';
import {noInterrupts, type Interrupts} from './interrupts.js';
import {lastJobOf} from './jobs.js';
import {look} from './look.js';
import type {Offline} from './outside.js';
import {makePlan} from './plan.js';
import {removeLock, removeTraces} from './removeTraces.js';
import {createStateStore, loadState, readIdentity, setAside, type Identity, type LoadedState} from './stateStore.js';
import type {RunContext} from './runContext.js';
import {inRunFrame, type Outcome, type RunCommand} from './runFrame.js';
import {runPlan} from './runPlan.js';
import type {Depth, Plan, Step} from './types.js';
import {releaseSteps, strangersIn, undoSteps} from './undo.js';

/** Everything an engine needs; `T` is the environment that the steps were made for. */
export type EngineOptions<T> = {
	readonly steps: ReadonlyArray<Step<T>>;
	readonly env: T;
	/** Keeps state, journal and lock. */
	readonly host: Machine;
	/** Absolute directory on the host, e.g. /var/lib/k2hdkc-devstack/default. Job files lie in its `jobs`. */
	readonly envDir: string;
	/** Other machines that steps start jobs on; asked for when an interrupted step is taken up again. */
	readonly machines?: () => readonly Machine[];
	readonly emit: Emit;
	readonly toolVersion: string;
	/** For the events of a run. */
	readonly environment: string;
	readonly profile: string;
	/** The exact command that goes on after a failure or stop. */
	readonly resume?: string;
	/** Takes the lock of the environment or throws K2D4001; default: `holdEnvironment` on the host. */
	readonly holdLock?: (command: string) => Promise<HeldLock>;
	readonly interrupts?: Interrupts;
	/** Steps at the same time; default 4. */
	readonly concurrency?: number;
	/** Factor on the time limits of all steps; default 1. */
	readonly timeoutScale?: number;
	/** Seconds that a stopped run waits for a second Ctrl-C while jobs go on; default 3. */
	readonly lingerSeconds?: number;
	/** Takes secrets out of failures. Sinks mask what they write themselves. */
	readonly mask?: (text: string) => string;
	/** Path of the log file of the run. */
	readonly log?: string;
	/** Path of the log file of a step. */
	readonly logOf?: (step: string) => string;
};

export type PlanOptions = {
	readonly selection?: Selection;
	readonly fresh?: boolean;
	/** Steps that would reach outside are refused before anything is done. */
	readonly offline?: Offline;
};

export type UpOptions = PlanOptions & {
	/** What the run is called; default `up`. */
	readonly command?: 'up' | 'fetch';
	/** Asked once the plan is there, under the lock; `false` ends the run as stopped with nothing done. */
	readonly confirm?: (plan: Plan) => Promise<boolean>;
};

export type Engine = {
	/** Looks and decides; changes nothing, takes no lock. Throws ToolError. */
	plan: (options?: PlanOptions) => Promise<Plan>;
	/** The same for all steps: each carries its record, probe and decision. */
	status: () => Promise<Plan>;
	/** Plans and does it. Every error becomes a failure of the outcome and of the `run-end` event. */
	up: (options?: UpOptions) => Promise<Outcome>;
	/** Takes back what is on record, as deep as wanted. After `everything`, when all went, state, journal and jobs are gone too. */
	down: (depth: Depth) => Promise<Outcome>;
	/** Takes back these steps alone, as far as they are on record; what they stand on stays. */
	release: (ids: readonly string[]) => Promise<Outcome>;
};

export type {HeldLock} from './environmentLock.js';
export type {Outcome} from './runFrame.js';

type Parts<T> = EngineOptions<T> & {
	readonly ordered: ReadonlyArray<Step<T>>;
	/** The person's stops, or a lost lock. */
	readonly stops: Interrupts;
	readonly lockLost: AbortController;
	readonly holdLock: (command: string) => Promise<HeldLock>;
};

const machineNamed = <T>({host, machines}: EngineOptions<T>) => (name: string): Machine | undefined =>
	[host, ...machines?.() ?? []].find(machine => machine.name === name);

const jobDirectoryOf = <T>({envDir}: EngineOptions<T>): string => `${envDir}/jobs`;

const load = async <T>({host, envDir, toolVersion, emit}: Parts<T>): Promise<{identity: Identity; loaded: LoadedState}> => {
	const identity = await readIdentity(host);
	const loaded = await loadState(host, envDir, identity, toolVersion);
	for (const message of loaded.notices) {
		emit({type: 'notice', level: 'warn', message});
	}

	return {identity, loaded};
};

const planWith = async <T>(parts: Parts<T>, bootId: string, recordOf: RunContext<T>['store']['record'], {selection = {}, fresh = false, offline}: PlanOptions): Promise<Plan> => makePlan({
	steps: parts.ordered, env: parts.env, selection, fresh, offline, bootId, recordOf,
	look: async (step, timeout) => look(step, parts.env, parts.stops.stop, timeout),
	lastJobOf: async record => lastJobOf(record, {jobDirectory: jobDirectoryOf(parts), machineNamed: machineNamed(parts)}),
});

const openRun = async <T>(parts: Parts<T>, fresh: boolean): Promise<RunContext<T>> => {
	const {host, envDir, toolVersion, mask, logOf} = parts;
	const {identity, loaded} = await load(parts);
	if (loaded.damaged) {
		const name = await setAside(host, envDir, new Date());
		parts.emit({type: 'notice', level: 'warn', message: `The damaged state file is kept as ${name}.`});
	}

	const store = createStateStore(host, envDir, loaded.state, toolVersion);
	if (loaded.rebuilt) {
		await store.save();
	}

	return {
		env: parts.env,
		host,
		store,
		emit: parts.emit,
		interrupts: parts.stops,
		bootId: identity.bootId,
		fresh,
		jobDirectory: jobDirectoryOf(parts),
		machineNamed: machineNamed(parts),
		timeoutScale: parts.timeoutScale ?? 1,
		failureOf: (error, id, lastLines) => toFailure(error, {lastLines, ...(logOf ? {log: logOf(id)} : {}), ...(mask ? {mask} : {})}),
	};
};

/** The engine of one environment. Throws K2D9001 when the steps do not form a graph. */
export const createEngine = <T>(options: EngineOptions<T>): Engine => {
	validate(options.steps);
	const {concurrency = 4} = options;
	const {stop, kill} = options.interrupts ?? noInterrupts();
	const lockLost = new AbortController();
	const parts: Parts<T> = {
		...options, ordered: order(options.steps), stops: {stop: AbortSignal.any([stop, lockLost.signal]), kill}, lockLost,
		holdLock: options.holdLock ?? (async command => holdEnvironment(options.host, options.envDir, command)),
	};

	const plan = async (planOptions: PlanOptions = {}): Promise<Plan> => {
		const {identity, loaded} = await load(parts);
		return planWith(parts, identity.bootId, id => loaded.state.steps[id], planOptions);
	};

	/** A run; one that left nothing on record leaves no lock either. */
	const run = async (command: RunCommand, fresh: boolean, work: (context: RunContext<T>) => Promise<readonly Failure[]>): Promise<Outcome> => {
		let isEmpty = false;
		const outcome = await inRunFrame(command, parts, async () => {
			const context = await openRun(parts, fresh);
			try {
				return await work(context);
			} finally {
				isEmpty = Object.keys(context.store.records()).length === 0;
			}
		});
		if (isEmpty) {
			// A host out of reach keeps it; the next run takes it over.
			await removeLock(options.host, options.envDir).catch(() => undefined);
		}

		return outcome;
	};

	return {
		plan,
		status: async () => plan(),
		up: async (upOptions = {}) => run(upOptions.command ?? 'up', upOptions.fresh ?? false, async context => {
			const made = await planWith(parts, context.bootId, context.store.record, upOptions);
			context.emit({type: 'plan', plan: made});
			return runPlan(parts.ordered, made, context, {concurrency, linger: options.lingerSeconds ?? 3, confirm: upOptions.confirm});
		}),
		async down(depth) {
			let isClean = false;
			const outcome = await run('down', false, async context => {
				const failures = await undoSteps(parts.ordered, depth, context, concurrency);
				isClean = strangersIn(parts.ordered, context.store.records()).length === 0;
				return failures;
			});
			if (depth === 'everything' && outcome.result === 'ok' && isClean) {
				await removeTraces(options.host, options.envDir);
			}

			return outcome;
		},
		release: async ids => run('down', false, async context => releaseSteps(parts.ordered, new Set(ids), context, concurrency)),
	};
};
