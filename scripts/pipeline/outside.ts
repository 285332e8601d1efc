import {ToolError} from '../errors/toolError.js';
import {ancestorsOf, order, select, stepsAhead, type Selection} from './graph.js';
import type {Plan, Step, Verdict} from './types.js';

/** Nothing outside may be reached. */
export type Offline = {
	/** The command that brings what is missing while there is a network. */
	readonly fetch: string;
};

const outsideOf = <T>(step: Pick<Step<T>, 'reaches'> | undefined, env: T): readonly string[] => step?.reaches?.(env) ?? [];

/** Of the steps that a selection picks, those that bring something from outside, for themselves or ahead for one of them, and what they stand on. */
export const stepsThatFetch = <T>(steps: ReadonlyArray<Step<T>>, env: T, selection: Selection): readonly string[] => {
	const ordered = order(steps);
	const selected = select(ordered, selection);
	const picked = ordered.filter(({id}) => selected.has(id));
	const ahead = stepsAhead(picked);
	const fetching = picked.filter(step => !step.asksAnew && step.fetchedBy === undefined && outsideOf(step, env).length > 0).map(({id}) => id);
	const wanted = new Set([...fetching, ...ahead].flatMap(id => [id, ...ancestorsOf(id, steps)]));
	return ordered.map(({id}) => id).filter(id => (selected.has(id) || ahead.has(id)) && wanted.has(id));
};

const acts: ReadonlySet<Verdict> = new Set(['RUN', 'RERUN', 'UNDO+RUN']);

/** @throws ToolError K2D6060 that names every step of the plan which would reach outside. */
export const refuseOutside = <T>(plan: Plan, steps: ReadonlyArray<Step<T>>, env: T, {fetch}: Offline): void => {
	const byId = new Map(steps.map(step => [step.id, step]));
	const missing = plan.filter(({verdict}) => acts.has(verdict)).flatMap(({id, reason}) => {
		const outside = outsideOf(byId.get(id), env);
		return outside.length === 0 ? [] : [`${id} (${outside.join(', ')}): ${reason}`];
	});
	const never = plan.filter(({id, verdict}) => acts.has(verdict) && byId.get(id)?.asksAnew && outsideOf(byId.get(id), env).length > 0).map(({id}) => id);
	if (missing.length > 0) {
		throw new ToolError('K2D6060', `With --offline nothing is fetched, and this is not here:\n${missing.join('\n')}`, {
			remedy: `${never.length > 0 ? `Nothing can be fetched ahead for ${never.join(', ')}: do without --offline. For the rest, run` : 'Run'} \`${fetch}\` while there is a network, then repeat this command.`,
		});
	}
};
