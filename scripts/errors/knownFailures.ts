import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {packageRoot} from '../packageRoot.js';

/** One row of conf/known-failures.yaml: a line of output that matches the pattern means the code. */
export type KnownFailure = {
	readonly pattern: RegExp;
	readonly code: string;
	/** Names of recorded logs that show it. */
	readonly examples: readonly string[];
};

type Row = {readonly pattern: string; readonly code: string; readonly examples: readonly string[]};

/** Lines of output that are searched: what ended a command stands near its end. */
const tail = 60;

/** Rows of the table in their order: the first that matches wins. */
export const parseKnownFailures = (text: string): readonly KnownFailure[] =>
	(parse(text) as readonly Row[]).map(row => ({...row, pattern: new RegExp(row.pattern, 'i')}));

let table: readonly KnownFailure[] | undefined;

/** The table that comes with the package; read once, when the first failure needs it. */
export const knownFailures = (): readonly KnownFailure[] => {
	table ??= parseKnownFailures(readFileSync(path.join(packageRoot, 'conf/known-failures.yaml'), 'utf8'));
	return table;
};

/** The code of the first known failure that the last lines of an output show. */
export const matchKnownFailure = (lines: readonly string[], rows: readonly KnownFailure[] = knownFailures()): string | undefined => {
	const searched = lines.slice(-tail);
	return rows.find(({pattern}) => searched.some(line => pattern.test(line)))?.code;
};
