import {ToolError} from '../errors/toolError.js';
import {CommandError} from '../machines/commandError.js';
import type {RunOptions, RunResult} from '../machines/types.js';
import type {SourceAccess} from './types.js';

/** Seconds a source may take in all, and without a word. */
const fetchTimeout = 600;
const fetchIdleTimeout = 180;

/** Debian packages that bring the programs used here. */
const packages: Readonly<Record<string, string>> = {git: 'git', python3: 'python3', patch: 'patch', 'apt-get': 'apt', tar: 'tar'};

/** What a failed command complains of: the line that says so, else its last words. */
const complaint = ({lastLines, message}: CommandError): string => {
	const lines = lastLines.map(line => line.trim()).filter(line => line !== '');
	return lines.find(line => line.startsWith('fatal: ')) ?? lines.findLast(line => line.startsWith('E: ')) ?? lines.at(-1) ?? message;
};

export const missingProgram = (program: string, cause?: unknown): ToolError =>
	new ToolError('K2D6006', `The program ${program} is not there.`, {remedy: `Install it, on Debian with \`apt-get install ${packages[program] ?? program}\`.`, cause});

/** The error of a source that could not be had. `source` is as the configuration names it. */
export const unreachable = (source: string, reason: string, details: ConstructorParameters<typeof ToolError>[2] = {}): ToolError =>
	new ToolError('K2D6001', `${source} could not be fetched: ${reason.replace(/\.$/u, '')}.`, details);

/** Runs a command that fetches; its faults become errors of the source. Stopping on request stays what it is. */
export const runFetch = async (access: SourceAccess, source: string, argv: readonly string[], options: Pick<RunOptions, 'input' | 'allow' | 'env'> = {}): Promise<RunResult> => {
	try {
		return await access.machine.run(argv, {
			timeout: fetchTimeout, idleTimeout: fetchIdleTimeout,
			...options,
			env: {...access.env, ...options.env},
			...(access.signal && {signal: access.signal}),
		});
	} catch (error) {
		if (!(error instanceof CommandError) || error.outcome === 'aborted') {
			throw error;
		}

		throw error.outcome === 'not-started'
			? missingProgram(argv[0]!, error)
			: unreachable(source, complaint(error), {lastLines: error.lastLines, cause: error});
	}
};
