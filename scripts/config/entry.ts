import type {Problem} from './problem.js';

/** Where values come from, weakest first. */
export const layers = ['default', 'release', 'profile', 'file', '.env', 'environment', 'flag'] as const;
export type Layer = (typeof layers)[number];

export type Origin = {
	readonly layer: Layer;
	/** `FILE:LINE:COLUMN`, the name of a variable, or a flag. */
	readonly place: string;
};

/** One value of one layer. Maps are taken apart: a value is a scalar or a list. */
export type Entry = {
	readonly path: readonly string[];
	readonly value: unknown;
	readonly origin: Origin;
};

/** What a layer says, and what is wrong with it. */
export type Reading = {
	readonly entries: readonly Entry[];
	readonly problems: readonly Problem[];
};

/** A key as people write it; keys with dots are quoted. */
export const pathText = (path: ReadonlyArray<string | number>): string => {
	let text = '';
	for (const key of path) {
		if (typeof key === 'number') {
			text += `[${key}]`;
		} else {
			const word = key.includes('.') ? `"${key}"` : key;
			text += text === '' ? word : `.${word}`;
		}
	}

	return text;
};
