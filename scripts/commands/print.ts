import {wantsColor, type CommandContext} from '../cli/context.js';
import type {Options} from '../cli/program.js';

/** The two forms of a result: for programs and for people. */
export type Result = {
	readonly document: () => unknown;
	readonly lines: (color: boolean) => readonly string[];
};

/** Puts a result on stdout, in the form that was asked for. */
export const printResult = (context: CommandContext, options: Options, {document, lines}: Result): void => {
	context.stdout.line(context.json
		? JSON.stringify(context.mask.value(document()), undefined, 2)
		: lines(wantsColor(context.stdout, options, context.env)).join('\n'));
};
