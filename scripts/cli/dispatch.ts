import type {CommandRun} from './context.js';

/** Where each command lives. Only the one that is asked for is loaded. */
const modules: Readonly<Record<string, () => Promise<CommandRun>>> = {
	up: async () => (await import('../commands/up.js')).up,
	plan: async () => (await import('../commands/plan.js')).plan,
	status: async () => (await import('../commands/status.js')).status,
	down: async () => (await import('../commands/down.js')).down,
	version: async () => (await import('../commands/version.js')).version,
};

/** The function behind the words of a command. */
export const loadCommand = async (command: string): Promise<CommandRun> => {
	const load = modules[command];
	if (!load) {
		throw new Error(`No module for the command "${command}".`);
	}

	return load();
};
