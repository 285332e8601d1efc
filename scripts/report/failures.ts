import {renderFailure} from '../errors/render.js';
import type {Failure} from '../pipeline/events.js';
import type {Recorded} from './recorder.js';

/** Failures of steps with the step's id, then those that belong to no step. */
const located = ({steps, end}: Recorded): Array<{readonly failure: Failure; readonly step?: string}> => {
	const ofSteps = steps.flatMap(({id, failure, result}) => failure && result === 'failed' ? [{step: id, failure}] : []);
	const known = new Set(ofSteps.map(({failure}) => failure.what));
	return [...ofSteps, ...(end?.failures ?? []).filter(({what}) => !known.has(what)).map(failure => ({failure}))];
};

/**
 * The last thing printed after a run that did not end well: every failure, and below the last one the command that goes on.
 * A stop on request is one sentence and that command.
 */
export const renderFailures = (recorded: Recorded, resume: string): string[] => {
	const failures = located(recorded);
	if (recorded.end?.result === 'interrupted') {
		return ['Stopped on request. What is done stays done and is on record.', `  resume  ${resume}`];
	}

	return failures.flatMap(({failure, step}, index) => [
		...(index === 0 ? [] : ['']),
		renderFailure(failure, {...(step === undefined ? {} : {step}), ...(index === failures.length - 1 ? {resume} : {})}),
	]);
};
