import {nothing, type Tally} from '../runner/tally.js';

const numberOf = (text: string, word: string): number => Number(new RegExp(`${word}=(\\d+)`, 'u').exec(text)?.[1] ?? 0);

/** Counts what Python's unittest wrote to standard error. A run without its closing lines is one failure. */
export const tallyUnittest = (output: string, exitCode: number): Tally => {
	const ran = /^Ran (\d+) tests? in /mu.exec(output);
	const verdict = /^(?:OK|FAILED)(?: \(.*\))?$/mu.exec(output.slice(ran?.index ?? 0));
	if (!ran || !verdict || Number(ran[1]) === 0) {
		return {...nothing, failed: 1};
	}

	const skipped = numberOf(verdict[0], 'skipped');
	const failed = numberOf(verdict[0], 'failures') + numberOf(verdict[0], 'errors') + numberOf(verdict[0], 'unexpected successes');
	return {...nothing, passed: Number(ran[1]) - failed - skipped, failed: Math.max(failed, exitCode === 0 ? 0 : 1), skipped};
};
