import {LineCounter, parseDocument, type Node, type YAMLError} from 'yaml';
import type {Layer, Reading} from './entry.js';
import type {Problem} from './problem.js';
import type {Schema} from './schemaTree.js';
import {readNode} from './yamlTree.js';

const plainer: Readonly<Record<string, string>> = {
	DUPLICATE_KEY: 'this key is there twice: keep one of the two',
	TAB_AS_INDENT: 'a tab is used for indentation: use spaces',
	MULTIPLE_DOCS: 'there is more than one document (---): keep one',
	TAG_RESOLVE_FAILED: 'YAML tags (!name) are not supported here',
};

const syntaxProblem = ({code, message, pos}: YAMLError, place: (offset: number) => string): Problem => ({
	code: 'K2D1012',
	message: plainer[code] ?? `not valid YAML: ${message}`,
	place: place(pos[0]),
});

/**
 * Reads one YAML file of a layer. `name` is the file as people should see it.
 * A file with comments only says nothing; one without any character is refused, as it was likely cut off.
 */
export const readYaml = (text: string, name: string, layer: Layer, schema: Schema): Reading => {
	const lineCounter = new LineCounter();
	const place = (offset: number): string => {
		const {line, col} = lineCounter.linePos(offset);
		return `${name}:${line}:${col}`;
	};

	if (text.trim() === '') {
		return {entries: [], problems: [{code: 'K2D1012', message: 'the file is empty: write at least one key into it, or remove it', place: `${name}:1:1`}]};
	}

	const document = parseDocument(text, {lineCounter, prettyErrors: false});
	const faults = [...document.errors, ...document.warnings].map(error => syntaxProblem(error, place));
	if (faults.length > 0) {
		return {entries: [], problems: faults};
	}

	const placeOf = (node: unknown): string => {
		const range = (node as Node | null | undefined)?.range;
		return range ? place(range[0]) : '';
	};

	return readNode(document.contents, schema, [], {layer, document, placeOf});
};

/** Reads a YAML value written on one line, as after --set. All places are `place`. */
export const readInlineYaml = (text: string, place: string, layer: Layer, schema: Schema, path: readonly string[]): Reading => {
	const document = parseDocument(text, {prettyErrors: false});
	const [fault] = [...document.errors, ...document.warnings];
	return fault
		? {entries: [], problems: [{code: 'K2D1012', message: `not valid YAML: ${fault.message}`, place}]}
		: readNode(document.contents, schema, path, {layer, document, placeOf: () => place});
};
