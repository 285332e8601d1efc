import {readFile} from 'node:fs/promises';

type Entry = {
	/** `test/e2e/x.test.ts › title` */
	readonly test: string;
	/** What it needs that not every machine has. */
	readonly needs: string;
};

/** The tests that may be skipped where every test must run: those listed in test/optional.json. */
export const readOptional = async (): Promise<ReadonlySet<string>> => {
	const entries = JSON.parse(await readFile('test/optional.json', 'utf8')) as readonly Entry[];
	return new Set(entries.map(({test}) => test));
};
