/** One measured value beside its budget, and beside others of the same run; all are in the same unit. Budgets are shown, never asserted. */
export type Figure = {
	readonly what: string;
	readonly value: number;
	readonly unit: 's' | 'ms' | 'MiB';
	readonly budget?: {readonly value: number; readonly words: string};
	/** What it is a multiple of: `1.39 × mmdebstrap`. */
	readonly of?: ReadonlyArray<{readonly value: number; readonly words: string}>;
};

/** In place of a figure: why this one could not be measured here, in one sentence. */
export type Gap = {readonly what: string; readonly skip: string};

/** `skip` says in one sentence why nothing could be measured here. */
export type Result = ReadonlyArray<Figure | Gap> | {readonly skip: string};

export type Bench = {
	readonly title: string;
	readonly run: () => Promise<Result>;
	/** Removes what `run` left for other benches to share. */
	readonly cleanUp?: () => Promise<void>;
};

const digits = {s: 1, ms: 0, MiB: 0};

const show = (value: number, unit: Figure['unit']): string => `${value.toFixed(digits[unit])} ${unit}`;

const renderBudget = ({value, unit, budget}: Figure): readonly string[] =>
	budget ? [`budget ${show(budget.value, unit)} (${budget.words}): ${value <= budget.value ? 'within' : 'OVER'}`] : [];

const renderMultiples = ({value, of = []}: Figure): readonly string[] => of.map(other => `${(value / other.value).toFixed(2)} × ${other.words}`);

export const renderFigure = (figure: Figure | Gap): string => {
	if ('skip' in figure) {
		return `  ${figure.what.padEnd(48)} ${'-'.padStart(10)}   ${figure.skip}`;
	}

	const beside = [...renderBudget(figure), ...renderMultiples(figure)];
	return `  ${figure.what.padEnd(48)} ${show(figure.value, figure.unit).padStart(10)}   ${beside.length > 0 ? beside.join(', ') : 'baseline'}`;
};
