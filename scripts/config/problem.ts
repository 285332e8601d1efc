import {ToolError} from '../errors/toolError.js';
import type {ErrorCode} from '../errors/catalogue.js';

/** Something wrong in the configuration, with the place where a person mends it. */
export type Problem = {
	readonly code: ErrorCode;
	/** One sentence, with a suggestion where there is one. */
	readonly message: string;
	/** `FILE:LINE:COLUMN`, a variable, or a flag. */
	readonly place: string;
};

/** The code of an unusable value: some keys have one of their own. */
export const codeFor = (path: readonly string[]): ErrorCode => {
	const own: Readonly<Record<string, ErrorCode>> = {release: 'K2D1004', machine: 'K2D5006'};
	return own[path.join('.')] ?? 'K2D1014';
};

const line = ({place, message}: Problem): string => `${place}: ${message}`;

/** Every problem of a configuration at once. With one, its own code; with several, K2D1010 unless all share a code. */
export class ConfigError extends ToolError {
	constructor(readonly problems: readonly Problem[]) {
		const codes = new Set(problems.map(({code}) => code));
		const code = codes.size === 1 ? problems[0]!.code : 'K2D1010';
		const message = problems.length === 1 ? line(problems[0]!) : [`${problems.length} errors in the configuration`, ...problems.map(problem => line(problem))].join('\n');
		super(code, message);
	}
}
