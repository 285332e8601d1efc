import {z} from 'zod';
import {didYouMean} from '../errors/suggest.js';
import {checkValue} from './checkValue.js';
import {pathText, type Layer, type Reading} from './entry.js';
import {codeFor, type Problem} from './problem.js';
import {allowsNull, isMap, itemOf, resolvePath, unwrap, type Resolved, type Schema} from './schemaTree.js';
import {readInlineYaml} from './yamlFile.js';
import type {Variable} from './envFile.js';

const fault = (code: Problem['code'], message: string, place: string): Reading => ({entries: [], problems: [{code, message, place}]});

/** Text as the type of the schema. What does not fit stays text, for the check to complain about. */
const convert = (text: string, schema: Schema): unknown => {
	const type = unwrap(schema);
	if (allowsNull(schema) && (text === '' || text === 'null')) {
		return null;
	}

	if (type instanceof z.ZodNumber) {
		return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
	}

	if (type instanceof z.ZodBoolean) {
		const word = text.toLowerCase();
		return word === 'true' || word === 'false' ? word === 'true' : text;
	}

	const item = itemOf(schema);
	if (item !== undefined) {
		return text.trim() === '' ? [] : text.split(',').map(part => convert(part.trim(), item));
	}

	return text;
};

const wantsYaml = (text: string, schema: Schema): boolean =>
	isMap(schema) || (/^\s*\[/.test(text) && !(unwrap(schema) instanceof z.ZodString) && !(unwrap(schema) instanceof z.ZodEnum));

const unknownKey = (resolved: Extract<Resolved, {unknown: string}>, place: string): Reading => {
	const under = resolved.under.length > 0 ? ` in ${pathText(resolved.under)}` : '';
	return fault('K2D1013', `unknown key "${resolved.unknown}"${under}.${didYouMean(resolved.unknown, resolved.candidates)}`.replace(/\.$/, ''), place);
};

/** Reads one assignment written as text: numbers, true/false and lists (`a,b` or `[a, b]`) by the type of the key. */
export const readAssignment = (words: readonly string[], text: string, root: Schema, origin: {readonly layer: Layer; readonly place: string}): Reading => {
	const {layer, place} = origin;
	const resolved = resolvePath(root, words);
	if ('unknown' in resolved) {
		return unknownKey(resolved, place);
	}

	const {path, schema} = resolved;
	if (wantsYaml(text, schema)) {
		return readInlineYaml(text, place, layer, schema, path);
	}

	const value = convert(text, schema);
	const problems = checkValue(schema, value).map((found): Problem => ({
		code: codeFor(path), message: `${pathText([...path, ...found.path])} ${found.message}`, place,
	}));
	return {entries: problems.length > 0 ? [] : [{path, value, origin: {layer, place}}], problems};
};

export const variablePrefix = 'K2HDKC_DEVSTACK__';

/** Reads the variables of .env or of the environment that begin with K2HDKC_DEVSTACK__; others are none of our business. */
export const readVariables = (variables: readonly Variable[], root: Schema, layer: Layer): Reading => {
	const readings = variables
		.filter(({name}) => name.startsWith(variablePrefix))
		.map(({name, value, place}) => readAssignment(name.slice(variablePrefix.length).split('__'), value, root, {layer, place}));
	return {entries: readings.flatMap(({entries}) => entries), problems: readings.flatMap(({problems}) => problems)};
};

/** Reads the value of one --set: `path=value`. A key with dots in it may be quoted. */
export const readSetFlag = (argument: string, root: Schema): Reading => {
	const equals = argument.indexOf('=');
	if (equals < 1) {
		return fault('K2D1014', 'must be of the form path=value, for example openstack.region=RegionTwo', `--set ${argument}`);
	}

	const path = argument.slice(0, equals).trim();
	const words = [...path.matchAll(/"([^"]*)"|[^."]+/g)].map(([word, quoted]) => quoted ?? word);
	return readAssignment(words, argument.slice(equals + 1), root, {layer: 'flag', place: `--set ${path}`});
};
