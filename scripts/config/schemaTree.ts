import {z} from 'zod';

/** Any part of the configuration's schema. */
export type Schema = z.core.$ZodType;

/** The type below optional and nullable. */
export const unwrap = (schema: Schema): Schema =>
	schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrap(schema.unwrap()) : schema;

export const allowsNull = (schema: Schema): boolean =>
	schema instanceof z.ZodNullable || (schema instanceof z.ZodOptional && allowsNull(schema.unwrap()));

/** A node whose keys are merged one by one. Everything else, lists too, is replaced as a whole. */
export const isMap = (schema: Schema): boolean => {
	const type = unwrap(schema);
	return type instanceof z.ZodObject || type instanceof z.ZodRecord;
};

/** The keys that a map can have; undefined when it takes any. */
export const knownKeys = (schema: Schema): readonly string[] | undefined => {
	const type = unwrap(schema);
	if (type instanceof z.ZodObject) {
		return Object.keys(type.shape);
	}

	return type instanceof z.ZodRecord && type.keyType instanceof z.ZodEnum ? type.keyType.options.map(String) : undefined;
};

/** The schema of a key of a map; undefined when the map has no such key. */
export const childOf = (schema: Schema, key: string): Schema | undefined => {
	const type = unwrap(schema);
	const keys = knownKeys(type);
	if (key === '__proto__' || key === '' || (keys !== undefined && !keys.includes(key))) {
		return undefined;
	}

	if (type instanceof z.ZodObject) {
		return type.shape[key] as Schema;
	}

	return type instanceof z.ZodRecord ? type.valueType : undefined;
};

/** The schema of the items of a list. */
export const itemOf = (schema: Schema): Schema | undefined => {
	const type = unwrap(schema);
	return type instanceof z.ZodArray ? type.element : undefined;
};

const plain = (key: string): string => key.toLowerCase().replaceAll(/[-_.]/g, '');

export type Resolved =
	| {readonly path: readonly string[]; readonly schema: Schema}
	/** The words lead to no key: what was meant, as typed, and what the map at that place has. */
	| {readonly unknown: string; readonly under: readonly string[]; readonly candidates: readonly string[]};

/** The known key that the first words spell together, and how many words it took. */
const spelled = (keys: readonly string[], words: readonly string[]): {readonly key: string; readonly taken: number} | undefined => {
	for (const [index] of words.entries()) {
		const key = keys.find(known => plain(known) === plain(words.slice(0, index + 1).join('')));
		if (key !== undefined) {
			return {key, taken: index + 1};
		}
	}

	return undefined;
};

/**
 * Finds the key that words stand for. Upper and lower case, `-`, `_` and `.` make no difference where the keys are known,
 * and a key may span several words (`2025`, `1` for `2025.1`).
 */
export const resolvePath = (root: Schema, words: readonly string[]): Resolved => {
	let schema = root;
	const path: string[] = [];
	let rest = words;
	while (rest.length > 0) {
		const keys = knownKeys(schema);
		const found = keys === undefined ? {key: rest[0]!, taken: 1} : spelled(keys, rest);
		const child = found && childOf(schema, found.key);
		if (child === undefined) {
			return {unknown: rest[0]!, under: path, candidates: keys ?? []};
		}

		path.push(found!.key);
		schema = child;
		rest = rest.slice(found!.taken);
	}

	return {path, schema};
};
