import {createHash} from 'node:crypto';

/** The same JSON for the same content: keys in order, `undefined` left out. */
const canonical = (value: unknown): string => JSON.stringify(value, (_key, item: unknown) =>
	typeof item === 'object' && item !== null && !Array.isArray(item)
		? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
		: item) ?? 'null';

/** Hash of a step's inputs; independent of the order of keys. */
export const hashInputs = (inputs: unknown): string => createHash('sha256').update(canonical(inputs)).digest('hex');
