import {quoteAll} from './quote.js';
import type {CommandOutcome} from './types.js';

export type CommandErrorDetails = {
	readonly outcome: CommandOutcome;
	readonly argv: readonly string[];
	readonly machine: string;
	/** Exit code, where there is one. */
	readonly code?: number | undefined;
	readonly signal?: string | undefined;
	/** The last lines of output, at most 20. */
	readonly lastLines: readonly string[];
	readonly seconds: number;
	/** What a person calls it, when that is not the command line: `job keystone.1`. */
	readonly label?: string | undefined;
	/** Why, where the outcome alone does not say it. */
	readonly reason?: string | undefined;
};

/** Longest command line inside a sentence. */
const shownCommand = 160;

const shorten = (text: string): string => {
	const line = text.replaceAll(/\s+/g, ' ');
	return line.length <= shownCommand ? line : `${line.slice(0, shownCommand - 1)}…`;
};

const rounded = (seconds: number): string => `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;

const endings: Record<CommandOutcome, (details: CommandErrorDetails) => string> = {
	code: ({code, seconds}) => `failed with exit code ${code} after ${rounded(seconds)}`,
	signal: ({signal, seconds}) => `was killed by ${signal} after ${rounded(seconds)}`,
	timeout: ({seconds}) => `was ended because it took longer than its limit: ${rounded(seconds)}`,
	idle: ({seconds}) => `was ended because it printed nothing for too long, after ${rounded(seconds)}`,
	aborted: ({seconds}) => `was stopped on request after ${rounded(seconds)}`,
	'not-started': () => 'could not be started',
	unknown: ({seconds}) => `ended or not, nobody knows: its exit code was lost after ${rounded(seconds)}`,
};

/** A command that did not end as it should. `command` can be pasted into a shell. */
export class CommandError extends Error {
	override readonly name = 'CommandError';
	readonly outcome: CommandOutcome;
	readonly code: number | undefined;
	readonly signal: string | undefined;
	readonly argv: readonly string[];
	readonly machine: string;
	readonly lastLines: readonly string[];
	readonly seconds: number;

	constructor(details: CommandErrorDetails) {
		const what = details.label ?? `\`${shorten(quoteAll(details.argv))}\``;
		const reason = details.reason === undefined ? '' : ` (${details.reason})`;
		super(`${what} on ${details.machine} ${endings[details.outcome](details)}${reason}.`);
		this.outcome = details.outcome;
		this.code = details.code;
		this.signal = details.signal;
		this.argv = details.argv;
		this.machine = details.machine;
		this.lastLines = details.lastLines;
		this.seconds = details.seconds;
	}

	get command(): string {
		return quoteAll(this.argv);
	}
}
