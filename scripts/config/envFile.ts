import {parse} from 'dotenv';
import type {Problem} from './problem.js';

export type Variable = {
	readonly name: string;
	readonly value: string;
	/** `FILE:LINE:COLUMN`, or `environment variable NAME`. */
	readonly place: string;
};

const assignment = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/;

/** Index of the line that closes the quote opened by `rest`; -1 when none does. Without a quote it is the line itself. */
const lastLineOf = (lines: readonly string[], first: number, rest: string): number => {
	const quote = /^["'`]/.exec(rest)?.[0];
	if (quote === undefined) {
		return first;
	}

	const closes = (text: string): boolean => text.replaceAll(`\\${quote}`, '').includes(quote);
	return closes(rest.slice(1)) ? first : lines.findIndex((line, index) => index > first && closes(line));
};

/**
 * Reads a .env file as dotenv does, and reports what dotenv passes over in silence: lines that are no assignment, and
 * quotes that never end. `name` is the file as people should see it.
 */
export const readEnvFile = (text: string, name: string): {readonly variables: readonly Variable[]; readonly problems: readonly Problem[]} => {
	const values = parse(text);
	const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
	const places = new Map<string, string>();
	const problems: Problem[] = [];
	for (let index = 0; index < lines.length; index++) {
		const line = lines[index]!;
		const place = `${name}:${index + 1}:${line.search(/\S|$/) + 1}`;
		if (/^\s*(?:#|$)/.test(line)) {
			continue;
		}

		const found = assignment.exec(line);
		const last = found ? lastLineOf(lines, index, found[2]!) : -1;
		if (found && last >= index) {
			places.set(found[1]!, place);
			index = last;
		} else {
			problems.push({code: 'K2D1015', place, message: found ? `the quote in the value of ${found[1]!} is never closed` : 'this line is not of the form NAME=value'});
		}
	}

	const variables = Object.entries(values).map(([key, value]) => ({name: key, value, place: places.get(key) ?? name}));
	return {variables, problems};
};
