import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {constants} from 'node:os';
import process from 'node:process';
import {baseEnvironment} from './environment.js';
import type {Command, InteractOptions} from './transport.js';

/** The exit code that a shell gives a command that a signal ended. */
export const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

const childrenOf = (pid: number): number[] => {
	try {
		return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
	} catch {
		return [];
	}
};

/**
 * Sends a signal to a process and all below it. It has no process group of its own, because it shares the terminal with us,
 * and what enters a sandbox does not hand signals on.
 */
const signalTree = (pid: number, signal: NodeJS.Signals): void => {
	for (const child of childrenOf(pid)) {
		signalTree(child, signal);
	}

	try {
		process.kill(pid, signal);
	} catch {
		// It ended by itself meanwhile.
	}
};

/** Runs a command here with the tool's own standard streams. Resolves with its exit code. */
export const interactLocally = async ({argv, env, cwd}: Command, {terminal, signal}: InteractOptions): Promise<number> => {
	const [program, ...args] = argv;
	const child = spawn(program!, args, {stdio: 'inherit', env: baseEnvironment(process.env, env), ...(cwd !== undefined && {cwd})});
	const end = (): void => {
		if (child.pid !== undefined && (!terminal || signal.reason !== 'SIGINT')) {
			signalTree(child.pid, signal.reason as NodeJS.Signals);
		}
	};

	signal.addEventListener('abort', end);
	try {
		const [code, killer] = await once(child, 'exit') as [number | null, NodeJS.Signals | null];
		return code ?? codeOfSignal(killer ?? 'SIGKILL');
	} finally {
		signal.removeEventListener('abort', end);
	}
};
