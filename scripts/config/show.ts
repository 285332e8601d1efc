import {stringify} from 'yaml';
import {ToolError} from '../errors/toolError.js';
import {didYouMean} from '../errors/suggest.js';
import {layers, pathText, type Layer} from './entry.js';
import {configSchema} from './schema.js';
import {resolvePath} from './schemaTree.js';
import {hideSecrets} from './secrets.js';
import type {LoadedConfig} from './load.js';

/** One value as `config show` prints it; passwords in addresses are hidden. */
export type ShownValue = {
	readonly path: string;
	readonly value: unknown;
	readonly layer: Layer;
	/** `FILE:LINE:COLUMN`, a variable, or a flag. */
	readonly place: string;
};

const valueAt = (config: unknown, path: readonly string[]): unknown => {
	let found = config;
	for (const key of path) {
		found = (found as Record<string, unknown>)[key];
	}

	return found;
};

const leaves = (value: unknown, path: readonly string[]): Array<{readonly path: readonly string[]; readonly value: unknown}> =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))
		: [{path, value}];

const selectedPath = (selection: string): readonly string[] => {
	const words = [...selection.matchAll(/"([^"]*)"|[^."]+/g)].map(([word, quoted]) => quoted ?? word);
	const resolved = resolvePath(configSchema, words);
	if ('unknown' in resolved) {
		throw new ToolError('K2D1013', `There is no key "${selection}" in the configuration.${didYouMean(resolved.unknown, resolved.candidates)}`);
	}

	return resolved.path;
};

/** Every value with its origin, in the order of conf/default.yaml; only those under `selection` where one is given. */
export const showConfig = ({config, origins}: LoadedConfig, selection?: string): readonly ShownValue[] => {
	const path = selection === undefined ? [] : selectedPath(selection);
	return leaves(valueAt(config, path) ?? {}, path).map(leaf => {
		const name = pathText(leaf.path);
		const origin = origins.get(name) ?? {layer: layers[0], place: 'conf/default.yaml'};
		return {path: name, value: hideSecrets(leaf.value, leaf.path.at(-1)), ...origin};
	});
};

const inline = (value: unknown): string => stringify(value, {collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false}).trimEnd();

const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.some(item => typeof item === 'object');

/** Rows of a table: key, value, layer, place. A list of maps takes one row an item. */
export const configRows = (values: readonly ShownValue[]): ReadonlyArray<readonly string[]> => values.flatMap(({path, value, layer, place}) =>
	isList(value)
		? value.map((item, index) => [`${path}[${index}]`, inline(item), layer, place])
		: [[path, inline(value), layer, place]]);
