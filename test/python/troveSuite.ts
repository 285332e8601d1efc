import {nothing, type Tally} from '../runner/tally.js';
import {tallyUnittest} from './tallyUnittest.js';

/** What one run of Trove's own unit tests wrote to standard error, and its exit code. */
export type SuiteRun = {readonly stderr: string; readonly code: number};

export type Comparison = {
	/** Trove's own tests that pass with the patch and the package; each test that only fails with them, or is gone, is a failure. */
	readonly tally: Tally;
	/** Those that fail only with the patch and the package, by their names in Python. */
	readonly newFailures: readonly string[];
	/** Tests that fail without them too: Debian's libraries are not those that the release was made with. */
	readonly known: number;
};

const failuresOf = ({stderr}: SuiteRun): readonly string[] => [...stderr.matchAll(/^(?:ERROR|FAIL|UNEXPECTED SUCCESS): .*\((?<id>[\w.]+)\)$/gmu)].map(match => match.groups!.id!);

const ranIn = ({stderr}: SuiteRun): number => Number(/^Ran (\d+) tests? in /mu.exec(stderr)?.[1] ?? 0);

/** What the patch and the package change in Trove's own unit tests. A run that did not end is a failure, whatever the other did. */
export const compareSuites = (without: SuiteRun, withThem: SuiteRun): Comparison => {
	const before = new Set(failuresOf(without));
	const after = failuresOf(withThem);
	const newFailures = after.filter(id => !before.has(id));
	const known = after.length - newFailures.length;
	const broken = [without, withThem].some(({stderr, code}) => ranIn({stderr, code}) === 0 || !/^(?:OK|FAILED)(?: \(.*\))?$/mu.test(stderr));
	const {passed} = tallyUnittest(withThem.stderr, withThem.code);
	const gone = Math.max(0, ranIn(without) - ranIn(withThem));
	return {tally: broken ? {...nothing, failed: 1} : {...nothing, passed, failed: newFailures.length + gone}, newFailures, known};
};
