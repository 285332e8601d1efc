import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {packageRoot} from '../packageRoot.js';

/** One row of conf/known-failures.yaml: output that matches the pattern means the code. `example` is a recorded log. */
export type KnownFailure = {
	readonly pattern: RegExp;
	readonly code: string;
	readonly example: string;
};

/** Lines of output that are searched: what ended a command stands near its end. */
const tail = 60;

/** Rows of the table in their order: the first that matches wins. */
export const parseKnownFailures = (text: string): readonly KnownFailure[] => {
	const rows = parse(text) as ReadonlyArray<{pattern: string; code: string; example: string}>;
	return rows.map(row => ({...row, pattern: new RegExp(row.pattern, 'i')}));
};

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
