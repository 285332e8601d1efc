import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants} from 'node:os';
import process from 'node:process';
import {baseEnvironment} from './environment.js';
import type {Command} from './transport.js';

export type InteractOptions = {
	/** Standard input is a terminal, so the command gets one. */
	readonly terminal: boolean;
	/** Ends the command. A Ctrl-C on a terminal reaches it by itself. */
	readonly signal: AbortSignal;
};

/** The exit code that a shell gives a command that a signal ended. */
export const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** Runs a command here with the tool's own standard streams. Resolves with its exit code. */
export const interactLocally = async ({argv, env, cwd}: Command, {terminal, signal}: InteractOptions): Promise<number> => {
	const [program, ...args] = argv;
	const child = spawn(program!, args, {stdio: 'inherit', env: baseEnvironment(process.env, env), ...(cwd !== undefined && {cwd})});
	const end = (): void => {
		if (!terminal || signal.reason !== 'SIGINT') {
			child.kill(signal.reason as NodeJS.Signals);
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
