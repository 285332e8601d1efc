import type {Machine} from '../machines/types.js';

/** Stages in the order a person reads them. */
export const stages = ['machine', 'sources', 'control-plane', 'datastore', 'images', 'registration', 'k2hr3', 'smoke'] as const;
export type Stage = (typeof stages)[number];

/** What a look at the machine found. `evidence` is one sentence a person can check. Probing never changes anything. */
export type Probe = {
	readonly state: 'absent' | 'present' | 'broken' | 'unknown';
	readonly evidence: string;
};

/** How far `down` goes: the depth at which a step is undone. */
export const depths = ['services', 'sources', 'everything'] as const;
export type Depth = (typeof depths)[number];

export type Progress = {
	/** What is going on now, in a few words. */
	say: (message: string) => void;
	/** A line of a command's output: into the step's log, and to the screen when it fails. */
	output: (line: string) => void;
};

/**
 * What a step acts with. Everything a step may touch comes through here; `T` is the environment the steps were made for.
 */
export type StepContext<T = unknown> = {
	readonly env: T;
	readonly signal: AbortSignal;
	readonly progress: Progress;
	/**
	 * Runs a changing command as a detached job of this step on `machine` and follows it to its end.
	 * A killed tool or a dropped link leaves the job running; the next `up` attaches to it before it probes.
	 */
	job: (machine: Machine, argv: readonly string[], options?: JobOptions) => Promise<void>;
};

export type JobOptions = {
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
};

export type Undo<T> =
	| {
		readonly depth: Depth;
		readonly undo: (context: StepContext<T>) => Promise<void>;
		/** Why it stays although the step is taken back: somebody else needs it, or nothing of it is ours. Undefined when it goes. */
		readonly left?: (env: T) => Promise<string | undefined>;
	}
	/** Why nothing of this step is left once the steps it needs are undone. `release` takes it back while those stay, for a command that says so. */
	| {readonly nothingLeft: string; readonly release?: (context: StepContext<T>) => Promise<void>};

/** The action that takes a step back by itself; undefined for one that has none. */
export const wayBack = <T>(undo: Undo<T>): ((context: StepContext<T>) => Promise<void>) | undefined => 'undo' in undo ? undo.undo : undo.release;

/** One idempotent unit of work. A value: no class hierarchy, no state. */
export type Step<T = unknown> = {
	/** Lower case, dotted: `keystone`, `sandbox.root`. Names the step on the command line and in the state file. */
	readonly id: string;
	readonly stage: Stage;
	readonly title: string;
	readonly needs: readonly string[];
	/** Everything the result depends on, as JSON; hashed. A changed hash means the step runs again. No secrets. */
	readonly inputs: (env: T) => unknown;
	readonly probe: (context: StepContext<T>) => Promise<Probe>;
	readonly apply: (context: StepContext<T>) => Promise<void>;
	/** What it asks of the outside, in words for people: `the Debian mirror`. Steps without it, or with none, need no network. */
	readonly reaches?: (env: T) => readonly string[];
	/** What it asks of the outside it asks each time: nothing of it can be fetched ahead. */
	readonly asksAnew?: boolean;
	/** Steps that bring ahead what it would ask the outside for. Only `fetch` does them, or who names them: without them it asks itself. */
	readonly fetchedBy?: readonly string[];
	/** Its result bears the name of its inputs: one that is there is the wanted one, although the record is of others. */
	readonly namedByInputs?: boolean;
	/** What --fresh does before the action: moves aside, and never away, what somebody else has made or changed in its place. */
	readonly putAside?: (context: StepContext<T>) => Promise<void>;
	/** How `down` takes it back. With `rerun: 'undo-first'` a changed input is undone before it is applied again. With `undo-always` --fresh does that too, since to do it again is to lose its data. */
	readonly undo: Undo<T>;
	readonly rerun?: 'in-place' | 'undo-first' | 'undo-always';
	/** Seconds. The step's jobs are ended (process group, TERM then KILL) when it takes longer, or says nothing for idleTimeout. */
	readonly timeout: number;
	readonly idleTimeout: number;
	/** Lines that are no sign of life: what a program says while it waits in vain. */
	readonly waiting?: RegExp;
	/** Lines that say nothing of why it fails: what a program prints after it has failed. The log has them; its failure is not told with them. */
	readonly noise?: RegExp;
	/** Of a program that says itself what it is at: that, read from a line of its output; undefined for all other lines. */
	readonly phase?: (line: string) => string | undefined;
	/** Seconds it usually takes; shown beside the elapsed time. */
	readonly expected: number;
	/** Only for steps whose action is safe to repeat at once: tries in all, and the first delay in seconds (doubles). */
	readonly retry?: {readonly attempts: number; readonly delay: number};
	/** What its probe finds only this tool makes, or it knows itself what of it is its own: found without a record, `down` takes it back all the same. */
	readonly own?: boolean;
	/** Lost by a reboot (mounts, namespaces, running services): its record is bound to the boot-id. */
	readonly volatile?: boolean;
};

/** A job that a step started; kept so that a later run finds it again. */
export type JobRecord = {
	readonly id: string;
	/** Name of the machine it runs on. */
	readonly machine: string;
};

/** The checkpoint of one step. */
export type StepRecord = {
	readonly status: 'running' | 'done' | 'failed' | 'undoing';
	readonly inputHash: string;
	/** ISO 8601, UTC. */
	readonly startedAt: string;
	readonly endedAt?: string;
	readonly bootId: string;
	/** The step found its work done by somebody else: `down` leaves it alone. */
	readonly adopted?: boolean;
	/** Error code of the failure. */
	readonly code?: string;
	/** The inputs behind the hash, for --explain. */
	readonly inputs?: unknown;
	/** Jobs of the last start, oldest first. */
	readonly jobs?: readonly JobRecord[];
	/** The probe said `present` before the action began, so that `present` afterwards does not prove that it ended. */
	readonly wasPresent?: boolean;
	/** The step has no undo of its own. Kept for the day when the step is no longer part of the configuration. */
	readonly leavesNothing?: boolean;
};

export type Verdict = 'RUN' | 'RERUN' | 'ADOPT' | 'SKIP' | 'UNDO+RUN' | 'BLOCK';

/** What will happen to a step and the sentence that says why. `plan`, `up` and `status` print the same sentence. */
export type Decision = {
	readonly verdict: Verdict;
	readonly reason: string;
};

export type PlannedStep = Decision & {
	readonly id: string;
	readonly stage: Stage;
	readonly title: string;
	readonly inputHash: string;
	readonly probe: Probe;
	readonly expected: number;
	/** For --explain: the inputs that decided, and those of the last run where they differ. */
	readonly inputs: unknown;
	readonly previousInputs?: unknown;
	/** What the state file holds about it. */
	readonly record?: StepRecord;
};

export type Plan = readonly PlannedStep[];
