#!/usr/bin/env node
import {readFileSync} from 'node:fs';
import process from 'node:process';

const words = process.argv.slice(2);

/** Version and help are asked for often, by scripts and by completion: next to nothing is loaded for them. */
const quickAnswer = async (): Promise<string | undefined> => {
	if (words.length === 1 && ['--version', '-V', 'version'].includes(words[0]!)) {
		const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {readonly version: string};
		return `${manifest.version}\n`;
	}

	return words.includes('--help') || words.includes('-h') ? (await import('./help.js')).helpFor(words) : undefined;
};

const answer = await quickAnswer();
if (answer === undefined) {
	const {run} = await import('./run.js');
	process.exitCode = await run(words, async (...parts) => (await import('../stages/index.js')).openEnvironment(...parts));
} else {
	// A reader that goes away has what it wanted.
	process.stdout.on('error', () => undefined).write(answer);
}
