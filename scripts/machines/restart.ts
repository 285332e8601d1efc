import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../errors/toolError.js';
import {CommandError} from './commandError.js';
import type {Machine} from './types.js';

export type RestartOptions = {
	readonly signal: AbortSignal;
	/** Told what is waited for, every now and then. */
	readonly say: (message: string) => void;
	/** Seconds until it must answer again. */
	readonly patience: number;
};

const bootOf = async (machine: Pick<Machine, 'run'>, signal?: AbortSignal): Promise<string> => {
	const {stdout} = await machine.run(['cat', '/proc/sys/kernel/random/boot_id'], {timeout: 30, ...(signal && {signal})});
	return stdout.trim();
};

/** While the machine is down, and while it goes: no connection, or one that breaks off. */
const isAway = (error: unknown): boolean => error instanceof ToolError || (error instanceof CommandError && error.outcome !== 'aborted');

/** Seconds between two looks, and between two words about the wait. */
const pause = 2;
const interval = 15;

/**
 * Starts another machine anew and waits until it runs commands again.
 * @throws ToolError K2D5005 when it does not within that time.
 */
export const restartMachine = async (machine: Pick<Machine, 'name' | 'run'>, {signal, say, patience}: RestartOptions): Promise<void> => {
	const before = await bootOf(machine);
	// Detached, so that the answer is there before sshd is told to end.
	await machine.run(['sh', '-c', '(sleep 1; exec systemctl reboot) >/dev/null 2>&1 </dev/null &']);
	const begun = performance.now();
	let told = 0;
	for (;;) {
		await sleep(pause * 1000, undefined, {signal});
		try {
			if (await bootOf(machine, signal) !== before) {
				return;
			}
		} catch (error) {
			if (!isAway(error)) {
				throw error;
			}
		}

		const seconds = Math.round((performance.now() - begun) / 1000);
		if (seconds > patience) {
			throw new ToolError('K2D5005', `${machine.name} was started anew and has not come back within ${seconds} s.`);
		}

		if (seconds >= told + interval) {
			told = seconds;
			say(`waiting since ${seconds} s until ${machine.name} is there again`);
		}
	}
};
