import type {CommandOutcome} from '../machines/types.js';
import type {Failure} from '../pipeline/events.js';
import {lookup, type CatalogueEntry, type ErrorCode} from './catalogue.js';
import {matchKnownFailure} from './knownFailures.js';
import {ToolError} from './toolError.js';

export type FailureContext = {
	/** Path of the log of the step or run. */
	readonly log?: string;
	/** Last lines of the step's output: searched for known failures, and shown where the error carries none itself. */
	readonly lastLines?: readonly string[];
	/** Takes secrets out of what is shown. */
	readonly mask?: (text: string) => string;
};

const byOutcome = {
	code: 'K2D2001',
	signal: 'K2D2004',
	timeout: 'K2D2002',
	idle: 'K2D2003',
	aborted: 'K2D2006',
	'not-started': 'K2D2005',
	unknown: 'K2D2007',
} as const satisfies Record<CommandOutcome, ErrorCode>;

/** Lines shown to a person; the log has the rest. */
const shownLines = 12;

type CommandErrorLike = Error & {readonly outcome: CommandOutcome; readonly stdout?: unknown; readonly stderr?: unknown; readonly lastLines?: unknown};

const isCommandError = (error: unknown): error is CommandErrorLike =>
	error instanceof Error && 'outcome' in error && typeof error.outcome === 'string' && error.outcome in byOutcome;

const linesOf = (text: unknown): string[] =>
	typeof text === 'string' ? text.split(/\r?\n/).filter(line => line.trim() !== '') : [];

const ownLines = (error: unknown): readonly string[] => {
	if (error instanceof ToolError) {
		return error.details.lastLines ?? ownLines(error.details.cause);
	}

	if (!isCommandError(error)) {
		return [];
	}

	return Array.isArray(error.lastLines) ? error.lastLines.map(String) : [...linesOf(error.stdout), ...linesOf(error.stderr)];
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
const isSystemError = (error: unknown): error is Error => error instanceof Error && 'code' in error && typeof error.code === 'string';

/** Outcomes whose output can explain them. A lost exit code stays unknown whatever was printed. */
const explainable = new Set<CommandOutcome>(['code', 'signal', 'timeout', 'idle']);

/** Codes that say only what was tried; the output may say why it failed. */
const general = new Set(['K2D2001', 'K2D5009']);

const codeOf = (error: unknown, lines: readonly string[]): string => {
	if (error instanceof ToolError) {
		return general.has(error.code) ? matchKnownFailure(lines) ?? error.code : error.code;
	}

	if (isCommandError(error)) {
		return (explainable.has(error.outcome) ? matchKnownFailure(lines) : undefined) ?? byOutcome[error.outcome];
	}

	if (isAbort(error)) {
		return 'K2D2006';
	}

	return (isSystemError(error) ? matchKnownFailure([error.message]) : undefined) ?? 'K2D9001';
};

const entryOf = (code: string): CatalogueEntry => lookup(code) ?? lookup('K2D9001')!;

/**
 * What to tell the person about any thrown value: code, cause and remedy from the catalogue, refined by the table of known
 * failures where the error itself is general. Never throws.
 */
export const toFailure = (error: unknown, context: FailureContext = {}): Failure => {
	const mask = context.mask ?? (text => text);
	const own = ownLines(error);
	const code = codeOf(error, [...context.lastLines ?? [], ...own]);
	const entry = entryOf(code);
	const details = error instanceof ToolError ? error.details : {};
	const log = details.log ?? context.log;
	return {
		code,
		what: mask(error instanceof Error ? error.message : String(error)),
		why: entry.cause,
		remedy: mask(details.remedy ?? entry.remedy),
		lastLines: (own.length > 0 ? own : context.lastLines ?? []).slice(-shownLines).map(line => mask(line)),
		...(log === undefined ? {} : {log}),
		exitCode: entry.exitCode,
	};
};
