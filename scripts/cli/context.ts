import type {OpenEnvironment} from '../commands/environment.js';
import {createLiveMask, type LiveMask} from '../report/mask.js';
import type {Options} from './program.js';
import type {Output} from './output.js';

/**
 * What a command works with. Results go to `stdout`, progress and complaints to `stderr`; both hide the secrets that
 * `mask` knows. Nothing in a command touches `process`.
 */
export type CommandContext = {
	readonly stdout: Output;
	readonly stderr: Output;
	readonly stdin: {readonly isTty: boolean};
	/** Somebody sits at a terminal and can answer a question. */
	readonly interactive: boolean;
	readonly verbose: boolean;
	/** One document on stdout, no human text there. */
	readonly json: boolean;
	/** Progress as JSON lines on stdout, no human text there. */
	readonly events: boolean;
	readonly mask: LiveMask;
	/** The command line that goes on after a failure or stop of this one. */
	readonly resume: string;
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Stop cleanly and keep the state; its reason is the name of the signal. */
	readonly signal: AbortSignal;
	/** The second signal: end running jobs too. */
	readonly killSignal: AbortSignal;
	readonly openEnvironment: OpenEnvironment;
};

/** Exit code; errors are thrown. */
export type CommandRun = (context: CommandContext, options: Options, positionals: readonly string[]) => Promise<number>;

export type ContextParts = Pick<CommandContext, 'stdin' | 'stdout' | 'stderr' | 'resume' | 'cwd' | 'env' | 'signal' | 'killSignal' | 'openEnvironment'>;

/** Colours where the terminal has them and nobody said no (--no-color, NO_COLOR, TERM=dumb). */
export const wantsColor = (output: Pick<Output, 'isTty'>, options: Pick<Options, 'color'>, env: CommandContext['env']): boolean =>
	output.isTty && options.color !== false && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';

const masked = (output: Output, mask: LiveMask): Output => ({
	...output,
	write(text) {
		output.write(mask.text(text));
	},
	line(text = '') {
		output.write(`${mask.text(text)}\n`);
	},
});

export const createContext = (parts: ContextParts, options: Options): CommandContext => {
	const mask = createLiveMask();
	return {
		...parts,
		stdout: masked(parts.stdout, mask),
		stderr: masked(parts.stderr, mask),
		interactive: parts.stdin.isTty && parts.stderr.isTty,
		verbose: options.verbose === true,
		json: options.json === true,
		events: options.events === true,
		mask,
	};
};
