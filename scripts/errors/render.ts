import type {Failure} from '../pipeline/events.js';
import {docPage, lookup} from './catalogue.js';

export type FailurePlace = {
	/** Step that failed, where there is one. */
	readonly step?: string;
	/** The exact command that goes on from here. */
	readonly resume?: string;
};

const field = (name: string, lines: readonly string[]): string[] =>
	lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(7)} ${line}`.trimEnd());

/** The last thing a person reads after a failure, as plain text: what, why, last lines, remedy, log, page, resume command. */
export const renderFailure = (failure: Failure, place: FailurePlace = {}): string => {
	const title = lookup(failure.code)?.title ?? 'Failure';
	const head = place.step === undefined ? `FAILED: ${title} [${failure.code}]` : `FAILED ${place.step}: ${title} [${failure.code}]`;
	return [
		head,
		...field('what', failure.what.split('\n')),
		...field('why', [failure.why]),
		...field('output', failure.lastLines.map(line => `| ${line}`)),
		...field('remedy', failure.remedy.split('\n')),
		...field('log', failure.log === undefined ? [] : [failure.log]),
		...field('page', [docPage(failure.code)]),
		...field('resume', place.resume === undefined ? [] : [place.resume]),
	].join('\n');
};
