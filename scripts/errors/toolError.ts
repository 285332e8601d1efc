/** Exit codes of the command line. */
export const exitCodes = {
	ok: 0, step: 1, usage: 2, preflight: 3, locked: 4, pending: 5, unknown: 6, hangup: 129, interrupt: 130, terminate: 143,
} as const;

/**
 * An error for the person who must act. `code` names an entry of the catalogue, which supplies cause, remedy and exit code;
 * `message` is the sentence that says what failed here and now.
 */
export class ToolError extends Error {
	override readonly name = 'ToolError';

	constructor(
		readonly code: string,
		message: string,
		readonly details: {
			/** Overrides the catalogue's remedy where this case knows better. */
			readonly remedy?: string;
			readonly lastLines?: readonly string[];
			readonly log?: string;
			readonly cause?: unknown;
		} = {},
	) {
		super(message, {cause: details.cause});
	}
}
