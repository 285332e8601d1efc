import type {Machine} from '../machines/types.js';
import type {Emit, Failure} from './events.js';
import type {Interrupts} from './interrupts.js';
import type {StateStore} from './stateStore.js';

/** What one `up` or `down` shares among its steps. */
export type RunContext<T> = {
	readonly env: T;
	/** Keeps the state, and the files of all jobs. */
	readonly host: Machine;
	readonly store: StateStore;
	readonly emit: Emit;
	readonly interrupts: Interrupts;
	readonly bootId: string;
	readonly fresh: boolean;
	/** Directory of job files on the host. */
	readonly jobDirectory: string;
	/** The machine of that name, for jobs of an earlier run; undefined when there is none now. */
	readonly machineNamed: (name: string) => Machine | undefined;
	/** Factor on the time limits of all steps. */
	readonly timeoutScale: number;
	/** Any thrown value as a person should see it. `id`: the step, `lastLines`: of its output. */
	readonly failureOf: (error: unknown, id: string, lastLines: readonly string[]) => Failure;
};

/** ISO 8601, UTC. */
export const timestamp = (): string => new Date().toISOString();
