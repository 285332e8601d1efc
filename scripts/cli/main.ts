#!/usr/bin/env node
import {readFileSync} from 'node:fs';
import process from 'node:process';

/** The version alone is asked for by scripts, often: no module is loaded for it. */
const asksOnlyForVersion = (words: readonly string[]): boolean => words.length === 1 && ['--version', '-V', 'version'].includes(words[0]!);

const words = process.argv.slice(2);
if (asksOnlyForVersion(words)) {
	const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {readonly version: string};
	process.stdout.write(`${manifest.version}\n`);
} else {
	const {run} = await import('./run.js');
	process.exitCode = await run(words, async (...parts) => (await import('../stages/index.js')).openEnvironment(...parts));
}
