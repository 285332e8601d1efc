import {z} from 'zod';
import {didYouMean} from '../errors/suggest.js';
import {hideUrlPasswords} from './urlPasswords.js';
import {allowsNull, childOf, itemOf, knownKeys, unwrap, type Schema} from './schemaTree.js';

/** What is wrong with a value; `path` leads into it when it is a list. */
export type ValueFault = {
	readonly path: ReadonlyArray<string | number>;
	/** What the value must be, to follow its name: `must be a whole number`. */
	readonly message: string;
	/** Text was wanted: a value that YAML reads as something else needs quotes. */
	readonly wantsText?: boolean;
	/** The path leads to a key that should not be there. */
	readonly unknownKey?: boolean;
};

const kinds: Readonly<Record<string, string>> = {
	string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a map of keys', record: 'a map of keys',
};

/** The schema at a place inside a value. */
const schemaAt = (schema: Schema, path: ReadonlyArray<string | number>): Schema | undefined => {
	let found: Schema | undefined = schema;
	for (const key of path) {
		found &&= typeof key === 'number' ? itemOf(found) : childOf(found, key);
	}

	return found;
};

const shown = (value: unknown): string => {
	const text = hideUrlPasswords(JSON.stringify(value) ?? 'nothing');
	return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const valueAt = (value: unknown, path: ReadonlyArray<string | number>): unknown => {
	let found = value;
	for (const key of path) {
		found = (found as Record<string | number, unknown> | undefined)?.[key];
	}

	return found;
};

const words = (issue: z.core.$ZodIssue, schema: Schema, value: unknown): string => {
	if (issue.message.startsWith('must ')) {
		if (value === undefined) {
			return 'is missing';
		}

		return issue.code === 'too_small' ? issue.message : `${issue.message}, not ${shown(value)}`;
	}

	switch (issue.code) {
		case 'invalid_type': {
			return value === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}${allowsNull(schema) ? ' or null' : ''}, not ${shown(value)}`;
		}

		case 'invalid_value': {
			const values = issue.values.map(String);
			return `must be one of ${values.join(', ')}, not ${shown(value)}.${typeof value === 'string' ? didYouMean(value, values) : ''}`;
		}

		case 'too_small': {
			return `must be at least ${issue.minimum}, not ${shown(value)}`;
		}

		case 'too_big': {
			return `must be at most ${issue.maximum}, not ${shown(value)}`;
		}

		default: {
			return `is not usable: ${issue.message}`;
		}
	}
};

const ofIssue = (issue: z.core.$ZodIssue, schema: Schema, value: unknown): ValueFault[] => {
	const path = issue.path.map(key => typeof key === 'number' ? key : String(key));
	const inner = schemaAt(schema, path) ?? schema;
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map(key => ({path: [...path, key], message: `is not a known key.${didYouMean(key, knownKeys(inner) ?? [])}`.replace(/\.$/, ''), unknownKey: true}));
	}

	const type = unwrap(inner);
	const message = words(issue, inner, valueAt(value, path)).replace(/\.$/, '');
	return [{path, message, wantsText: type instanceof z.ZodString || type instanceof z.ZodEnum}];
};

/** Everything that is wrong with one value of the configuration, in words; empty when it is right. */
export const checkValue = (schema: Schema, value: unknown): readonly ValueFault[] => {
	const result = z.safeParse(schema, value);
	return result.success ? [] : result.error.issues.flatMap(issue => ofIssue(issue, schema, value));
};
