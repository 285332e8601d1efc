import {suites} from './suites.js';

/** Stages one after the other; lanes of a stage beside each other; suites of a lane one after the other. */
export type Plan = ReadonlyArray<ReadonlyArray<readonly string[]>>;

/**
 * Each word is a stage: `before environment/hosts,images after`.
 * @throws when a suite has no such name, or none is named.
 */
export const parsePlan = (words: readonly string[]): Plan => {
	const plan = words.map(stage => stage.split('/').map(lane => lane.split(',')));
	const unknown = plan.flat().flat().filter(name => !Object.hasOwn(suites, name));
	if (plan.length === 0 || unknown.length > 0) {
		throw new Error(`${unknown.length > 0 ? `No suite is called ${unknown.map(name => `"${name}"`).join(', ')}. ` : ''}Suites: ${Object.keys(suites).join(', ')}. One word is a stage: suites with a comma between run in turn, with a slash between beside each other.`);
	}

	return plan;
};
