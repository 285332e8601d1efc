import {pathText, type Entry, type Origin} from './entry.js';

type Tree = Record<string, unknown>;

/** Later entries win. Maps grow key by key; a scalar or a list replaces what was there. */
export const merge = (entries: readonly Entry[]): {readonly value: Tree; readonly origins: ReadonlyMap<string, Origin>} => {
	const value: Tree = {};
	const origins = new Map<string, Origin>();
	for (const {path, value: leaf, origin} of entries) {
		let node = value;
		for (const key of path.slice(0, -1)) {
			node[key] ??= {};
			node = node[key] as Tree;
		}

		node[path.at(-1)!] = leaf;
		origins.set(pathText(path), origin);
	}

	return {value, origins};
};
