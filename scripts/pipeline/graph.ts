import {ToolError} from '../errors/toolError.js';
import {didYouMean} from '../errors/suggest.js';
import {stages, type Step} from './types.js';

/** What the graph needs to know of a step. */
export type Node = Pick<Step, 'id' | 'stage' | 'needs' | 'fetchedBy'>;

const internal = (message: string): ToolError => new ToolError('K2D9001', message);

const cycleFrom = (start: string, byId: ReadonlyMap<string, Node>): readonly string[] | undefined => {
	const path: string[] = [];
	const finished = new Set<string>();
	const visit = (id: string): readonly string[] | undefined => {
		const position = path.indexOf(id);
		if (position !== -1) {
			return [...path.slice(position), id];
		}

		if (finished.has(id)) {
			return undefined;
		}

		path.push(id);
		for (const need of byId.get(id)?.needs ?? []) {
			const cycle = visit(need);
			if (cycle) {
				return cycle;
			}
		}

		path.pop();
		finished.add(id);
		return undefined;
	};

	return visit(start);
};

/** Refuses step lists that no order can satisfy: a double id, a need that nobody is, a circle. All are faults of the tool. */
export const validate = (steps: readonly Node[]): void => {
	const byId = new Map(steps.map(step => [step.id, step]));
	if (byId.size < steps.length) {
		const double = steps.find((step, index) => steps.findIndex(other => other.id === step.id) < index)!;
		throw internal(`Two steps have the id ${double.id}.`);
	}

	for (const step of steps) {
		for (const need of step.needs) {
			if (!byId.has(need)) {
				throw internal(`Step ${step.id} needs ${need}, which is not a step.${didYouMean(need, [...byId.keys()])}`);
			}
		}
	}

	for (const step of steps) {
		const cycle = cycleFrom(step.id, byId);
		if (cycle) {
			throw internal(`Steps need each other in a circle: ${cycle.join(' → ')}.`);
		}
	}
};

/** The steps in an order in which each comes after all it needs; where the needs leave a choice, by stage and then as given. */
export const order = <S extends Node>(steps: readonly S[]): readonly S[] => {
	const waiting = steps.toSorted((a, b) => stages.indexOf(a.stage) - stages.indexOf(b.stage));
	const placed = new Set<string>();
	const ordered: S[] = [];
	while (waiting.length > 0) {
		const next = waiting.findIndex(step => step.needs.every(need => placed.has(need)));
		const [step] = waiting.splice(next, 1);
		placed.add(step!.id);
		ordered.push(step!);
	}

	return ordered;
};

/** Everything a step stands on, directly or not, without itself. */
export const ancestorsOf = (id: string, steps: readonly Node[]): ReadonlySet<string> => {
	const byId = new Map(steps.map(step => [step.id, step]));
	const found = new Set<string>();
	const visit = (current: string): void => {
		for (const need of byId.get(current)?.needs ?? []) {
			if (!found.has(need)) {
				found.add(need);
				visit(need);
			}
		}
	};

	visit(id);
	return found;
};

/** Names of steps or stages from the command line. */
export type Selection = {
	readonly only?: readonly string[];
	/** From this step, or the first of this stage, on in the order of the plan. */
	readonly from?: string;
	/** Up to and with this step, or the last of this stage. */
	readonly until?: string;
	/** Added to what the others select. */
	readonly with?: readonly string[];
	/** Left out of what the others select. */
	readonly without?: readonly string[];
};

const matches = (step: Node, name: string): boolean => step.id === name || step.stage === name;

/** Steps that only `fetch` does, or who names them. */
export const stepsAhead = (steps: readonly Node[]): ReadonlySet<string> => new Set(steps.flatMap(({fetchedBy = []}) => fetchedBy));

const checkName = (name: string, steps: readonly Node[]): void => {
	if (!steps.some(step => matches(step, name))) {
		const known = [...new Set(steps.flatMap(step => [step.id, step.stage]))];
		throw new ToolError('K2D1006', `"${name}" is neither a step nor a stage of this plan.${didYouMean(name, known)}`);
	}
};

/** The ids that a selection picks. Names may be steps or stages; unknown ones throw K2D1006. `ordered` is the result of `order`. */
export const select = (ordered: readonly Node[], selection: Selection): ReadonlySet<string> => {
	const {only, from, until, without = []} = selection;
	const added = selection.with ?? [];
	for (const name of [...(only ?? []), from, until, ...added, ...without].filter(name => name !== undefined)) {
		checkName(name, ordered);
	}

	const first = from === undefined ? 0 : ordered.findIndex(step => matches(step, from));
	const last = until === undefined ? ordered.length - 1 : ordered.findLastIndex(step => matches(step, until));
	const ahead = stepsAhead(ordered);
	const names = (step: Node, name: string): boolean => ahead.has(step.id) ? step.id === name : matches(step, name);
	const picked = ordered.filter((step, index) => {
		const inRange = index >= first && index <= last && (only ? only.some(name => names(step, name)) : !ahead.has(step.id));
		return (inRange || added.some(name => names(step, name))) && !without.some(name => matches(step, name));
	});
	return new Set(picked.map(step => step.id));
};

/** Steps that are not selected although a selected one stands on them directly: they must be in place already. */
export const neededOutside = (ordered: readonly Node[], selected: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> => {
	const outside = new Map<string, string[]>();
	for (const step of ordered.filter(({id}) => selected.has(id))) {
		for (const need of step.needs.filter(id => !selected.has(id))) {
			outside.set(need, [...(outside.get(need) ?? []), step.id]);
		}
	}

	return outside;
};
