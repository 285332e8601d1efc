import {isAlias, isMap as isYamlMap, isScalar, isSeq, type Document, type Node, type Pair, type Scalar} from 'yaml';
import {didYouMean} from '../errors/suggest.js';
import {checkValue} from './checkValue.js';
import {pathText, type Entry, type Layer, type Reading} from './entry.js';
import {codeFor, type Problem} from './problem.js';
import {allowsNull, childOf, isMap, knownKeys, type Schema} from './schemaTree.js';

export type YamlSource = {
	readonly layer: Layer;
	readonly document: Document.Parsed;
	/** The place of a node, for people. */
	readonly placeOf: (node: unknown) => string;
};

const nothing: Reading = {entries: [], problems: []};
const problem = (code: Problem['code'], message: string, place: string): Reading => ({entries: [], problems: [{code, message, place}]});

const join = (readings: readonly Reading[]): Reading => ({
	entries: readings.flatMap(({entries}) => entries),
	problems: readings.flatMap(({problems}) => problems),
});

const isPlainNonText = (node: unknown): node is Scalar & {source: string} =>
	isScalar(node) && node.value !== null && typeof node.value !== 'string' && node.source !== undefined;

const findAlias = (node: unknown): unknown => {
	if (isAlias(node)) {
		return node;
	}

	const children = isYamlMap(node) ? node.items.flatMap(({key, value}) => [key, value]) : (isSeq(node) ? node.items : []);
	return children.map(child => findAlias(child)).find(found => found !== undefined);
};

/** The node inside a list that a path leads to: the key itself for an unknown one, the map around it for a missing one. */
const nodeAt = (node: unknown, path: ReadonlyArray<string | number>, wantsKey: boolean): unknown => {
	const [step, ...rest] = path;
	if (step === undefined) {
		return node;
	}

	if (isSeq(node)) {
		return nodeAt(node.items[Number(step)], rest, wantsKey);
	}

	const pair = isYamlMap(node) ? node.items.find(({key}) => isScalar(key) && String(key.value) === step) : undefined;
	if (pair === undefined || (wantsKey && rest.length === 0)) {
		return pair?.key ?? node;
	}

	return nodeAt(pair.value, rest, wantsKey);
};

const readLeaf = (node: Node | null, schema: Schema, path: readonly string[], source: YamlSource): Reading => {
	const place = source.placeOf(node);
	const alias = findAlias(node);
	if (alias !== undefined) {
		return problem('K2D1012', `${pathText(path)} uses a YAML alias (*name), which is not supported here: write the value out`, source.placeOf(alias));
	}

	const value: unknown = node === null ? null : node.toJS(source.document);
	if (value === null && !allowsNull(schema)) {
		return problem('K2D1014', `${pathText(path)} has no value`, place);
	}

	const problems = checkValue(schema, value).map((fault): Problem => {
		const at = nodeAt(node, fault.path, fault.unknownKey === true);
		const message = fault.wantsText && isPlainNonText(at)
			? `must be text, and YAML reads ${at.source} as a ${typeof at.value}: write it with quotes: "${at.source}"`
			: fault.message;
		const code = fault.unknownKey ? 'K2D1013' : codeFor(path);
		return {code, message: `${pathText([...path, ...fault.path])} ${message}`, place: source.placeOf(at)};
	});
	const entry: Entry = {path, value, origin: {layer: source.layer, place}};
	return {entries: problems.length > 0 ? [] : [entry], problems};
};

const readPair = ({key, value}: Pair, schema: Schema, path: readonly string[], source: YamlSource): Reading => {
	const place = source.placeOf(key);
	if (!isScalar(key)) {
		return problem('K2D1012', 'a key must be a plain word', place);
	}

	if (isPlainNonText(key)) {
		return problem('K2D1014', `YAML reads the key ${key.source} as a ${typeof key.value}: write it with quotes: "${key.source}"`, place);
	}

	const name = String(key.value);
	if (name === '<<') {
		return problem('K2D1012', 'the merge key << is not supported: write the keys out, or use `extends:` in a profile', place);
	}

	const child = childOf(schema, name);
	if (child === undefined) {
		const under = path.length > 0 ? ` in ${pathText(path)}` : '';
		return problem('K2D1013', `unknown key "${name}"${under}.${didYouMean(name, knownKeys(schema) ?? [])}`.replace(/\.$/, ''), place);
	}

	return readNode(value as Node | null, child, [...path, name], value === null ? {...source, placeOf: () => place} : source);
};

/** Takes a YAML node apart along the schema. Every fault is reported with its place; what is right is still returned. */
export const readNode = (node: Node | null, schema: Schema, path: readonly string[], source: YamlSource): Reading => {
	if (!isMap(schema)) {
		return readLeaf(node, schema, path, source);
	}

	// A key with nothing below it, its lines commented out perhaps, says nothing.
	if (node === null || (isScalar(node) && node.value === null)) {
		return nothing;
	}

	if (isAlias(node)) {
		return problem('K2D1012', `${pathText(path)} uses a YAML alias (*name), which is not supported here: write the value out`, source.placeOf(node));
	}

	if (!isYamlMap(node)) {
		const what = path.length > 0 ? pathText(path) : 'the file';
		return problem(path.length > 0 ? 'K2D1014' : 'K2D1012', `${what} must be a map of keys (key: value)`, source.placeOf(node));
	}

	return join(node.items.map(pair => readPair(pair, schema, path, source)));
};
