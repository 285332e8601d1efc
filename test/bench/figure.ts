/** One measured value beside its budget; `budget` is in the same unit. Budgets are shown, never asserted. */
export type Figure = {
	readonly what: string;
	readonly value: number;
	readonly unit: 's' | 'ms' | 'MiB';
	readonly budget?: {readonly value: number; readonly words: string};
};

/** `skip` says in one sentence why nothing could be measured here. */
export type Result = readonly Figure[] | {readonly skip: string};

export type Bench = {
	readonly title: string;
	readonly run: () => Promise<Result>;
	/** Removes what `run` left for other benches to share. */
	readonly cleanUp?: () => Promise<void>;
};

const digits = {s: 1, ms: 0, MiB: 0};

const show = (value: number, unit: Figure['unit']): string => `${value.toFixed(digits[unit])} ${unit}`;

const renderBudget = ({value, unit, budget}: Figure): string =>
	budget ? `budget ${show(budget.value, unit)} (${budget.words}): ${value <= budget.value ? 'within' : 'OVER'}` : 'baseline';

export const renderFigure = (figure: Figure): string =>
	`  ${figure.what.padEnd(48)} ${show(figure.value, figure.unit).padStart(10)}   ${renderBudget(figure)}`;
