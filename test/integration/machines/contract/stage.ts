import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {CommandError} from '../../../../scripts/machines/commandError.js';
import type {CommandOutcome, JobSpec, Machine} from '../../../../scripts/machines/types.js';

export type MachineUnderTest = {
	readonly machine: Machine;
	/** The machine that keeps the jobs: `machine` itself, or a sandbox's host. */
	readonly host: Machine;
	readonly stop: () => Promise<void>;
};

export type Stage = MachineUnderTest & {
	/** A directory of this test alone, on the machine. */
	readonly place: string;
	/** The same on the host, for jobs. */
	readonly jobs: string;
	readonly job: (id: string, argv: readonly string[], more?: Partial<JobSpec>) => JobSpec;
};

export type Case = readonly [title: string, run: (t: ExecutionContext, stage: Stage) => Promise<void>];

export const shell = (script: string): readonly string[] => ['sh', '-c', script];

export const errorOf = async (t: ExecutionContext, work: Promise<unknown>, outcome: CommandOutcome): Promise<CommandError> => {
	const error = await t.throwsAsync(work, {instanceOf: CommandError});
	t.is(error.outcome, outcome, error.message);
	return error;
};

/** Whether the process whose number a file holds ends within 5 s. */
export const isGone = async (machine: Machine, pidFile: string): Promise<boolean> => {
	const text = await machine.read(pidFile);
	for (let tries = 0; tries < 50; tries++) {
		// A zombie is gone: its new parent may take its time to say so.
		const {stdout} = await machine.run(shell(`grep -s '^State' /proc/${text!.trim()}/status || echo gone`), {allow: 'any'});
		if (/gone|zombie/.test(stdout)) {
			return true;
		}

		await sleep(100);
	}

	return false;
};
