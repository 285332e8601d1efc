import type {Release} from '../../scripts/config/schema.js';

/** The release whose run of the package's tests is measured: the newest of those that every change is tested with. */
export const measuredRelease: Release = '2026.1';

/** Of each hundred statements and branches of the package, how many its tests must reach. */
export const leastPercent = 90;

// Trove's source has settings of its own for coverage.
const settings = '--rcfile=/dev/null';

/**
 * Arguments of `python3 -m` that run `tests` and write down what they reach of `packageName`, the tests themselves left out.
 * Trove waits in greenlets: what comes after a wait counts only where coverage knows of them.
 */
export const measuring = (packageName: string, tests: readonly string[]): readonly string[] =>
	['coverage', 'run', settings, '--branch', '--concurrency=thread,greenlet', `--source=${packageName}`, `--omit=*/${packageName}/tests/*`, '-m', ...tests];

/** Arguments of `python3 -m` for the report that `judgeCoverage` reads, on standard output. */
export const reporting: readonly string[] = ['coverage', 'json', settings, '-o', '-'];

export type Coverage = {
	/** For a reader of the output. */
	readonly line: string;
	/** Why that is a failure, with the files that have most of what is not reached. */
	readonly failure: string | undefined;
};

type Summary = {readonly covered_lines: number; readonly num_statements: number; readonly covered_branches: number; readonly num_branches: number};
type Report = {readonly totals: Summary; readonly files: Readonly<Record<string, {readonly summary: Summary}>>};

const possible = ({num_statements, num_branches}: Summary): number => num_statements + num_branches;
const reached = ({covered_lines, covered_branches}: Summary): number => covered_lines + covered_branches;

const worstFiles = ({files}: Report, packageName: string): string => Object.entries(files)
	.map(([file, {summary}]) => ({file: file.split(`${packageName}/`).at(-1)!, missing: possible(summary) - reached(summary)}))
	.toSorted((a, b) => b.missing - a.missing)
	.slice(0, 3)
	.map(({file, missing}) => `${file} (${missing})`)
	.join(', ');

/** Judges what `coverage json` wrote about `packageName`; not to have it, or to have measured nothing, is a failure too. */
export const judgeCoverage = (packageName: string, json: string): Coverage => {
	let report: Report | undefined;
	try {
		report = JSON.parse(json) as Report;
	} catch {
		// Said below: coverage has written why on standard error.
	}

	if (!report || possible(report.totals) === 0) {
		return {line: `Coverage of ${packageName}: not measured`, failure: `The coverage of ${packageName} was not measured: python3 -m coverage json gave no report.`};
	}

	// Cut off, not rounded: 89.96 % is not 90 %.
	const percent = Math.floor(1000 * reached(report.totals) / possible(report.totals)) / 10;
	return {
		line: `Coverage of ${packageName}: ${percent.toFixed(1)} % of ${report.totals.num_statements} statements and ${report.totals.num_branches} branches`,
		failure: percent < leastPercent
			? `The tests reach ${percent.toFixed(1)} % of ${packageName}, less than ${leastPercent} %. Most is missing in ${worstFiles(report, packageName)}: write tests for it.`
			: undefined,
	};
};
