/** A test that could not run here, and why. `id` is `test/unit/x.test.ts › title`. */
export type Skip = {readonly id: string; readonly reason: string};

export type Tally = {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
	/** The skipped tests that said why. */
	readonly skips: readonly Skip[];
	/** What failed, by its title, or what else went wrong. */
	readonly failures: readonly string[];
};

export const nothing: Tally = {passed: 0, failed: 0, skipped: 0, skips: [], failures: []};

export const add = (a: Tally, b: Tally): Tally => ({
	passed: a.passed + b.passed,
	failed: a.failed + b.failed,
	skipped: a.skipped + b.skipped,
	skips: [...a.skips, ...b.skips],
	failures: [...a.failures, ...b.failures],
});

/** The line that ends every run of tests. */
export const render = ({passed, failed, skipped}: Tally): string => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** What a test writes when it cannot run; see helpers/needs.ts. */
export const renderSkip = ({id, reason}: Skip): string => `SKIP ${id}: ${reason}`;

const parseSkips = (lines: readonly string[]): readonly Skip[] => lines.flatMap(line => {
	const match = /^\s*(?:ℹ )?SKIP (?<id>.+?): (?<reason>.+)$/.exec(line);
	return match?.groups ? [{id: match.groups.id!, reason: match.groups.reason!}] : [];
});

/** The line that says again at the end what failed: there a reader of a long log looks. */
export const renderFailure = (failure: string): string => `FAILED ${failure}`;

const count = (lines: readonly string[], pattern: RegExp): number => lines.filter(line => pattern.test(line)).length;

/** A run that ended badly counts as a failure even when none of its tests says so. */
const withExitCode = (tally: Tally, exitCode: number): Tally =>
	exitCode !== 0 && tally.failed === 0 ? {...tally, failed: 1, failures: [`it ended with exit code ${exitCode}`]} : tally;

const isFailure = /^\s*[✘◌] (?:\[fail]: )?/;

/**
 * Counts what ava's default reporter wrote to its standard output (what tests print goes to standard error).
 * Ava cannot skip a running test: one that logged SKIP and passed is counted as skipped. Every line with a cross is a failure:
 * a test, a hook, a file that did not load or did not end; so is every test still pending when the time was up.
 */
export const tallyAva = (lines: readonly string[], exitCode: number): Tally => {
	const skips = parseSkips(lines);
	const declared = count(lines, /^\s*- \[(?:skip|todo)] /);
	return withExitCode({
		passed: count(lines, /^\s*✔ /) - skips.length,
		failed: count(lines, isFailure),
		skipped: skips.length + declared,
		skips,
		failures: lines.filter(line => isFailure.test(line)).map(line => line.replace(isFailure, '')),
	}, exitCode);
};

/** Counts by the last line of the form `N passed, N failed, N skipped`; a command without such a line (lint) counts only when it fails. */
export const tallyCommand = (lines: readonly string[], exitCode: number): Tally => {
	const summary = lines.map(line => /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line.trim())).findLast(Boolean);
	const [passed = 0, failed = 0, skipped = 0] = summary?.slice(1).map(Number) ?? [];
	return withExitCode({passed, failed, skipped, skips: parseSkips(lines), failures: lines.flatMap(line => line.startsWith('FAILED ') ? [line.slice('FAILED '.length)] : [])}, exitCode);
};

/** Where every skip must be declared, those that are not become failures. */
export const failUndeclared = (tally: Tally, optional: ReadonlySet<string>): Tally => {
	const undeclared = tally.skips.filter(skip => !optional.has(skip.id));
	const declared = tally.skips.length - undeclared.length;
	return {
		...tally, failed: tally.failed + tally.skipped - declared, skipped: declared,
		failures: [...tally.failures, ...undeclared.map(({id, reason}) => `${id}: skipped, though test/optional.json does not name it: ${reason}`)],
	};
};
