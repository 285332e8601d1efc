import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {packageRoot} from '../packageRoot.js';
import {errorPages} from './docs.js';
import {knownFailures} from './knownFailures.js';

const directory = path.join(packageRoot, 'docs/errors');
const readExample = (name: string): readonly string[] =>
	readFileSync(path.join(packageRoot, 'test/fixtures/failures', `${name}.log`), 'utf8').split('\n');

const pages = errorPages(knownFailures(), readExample);
mkdirSync(directory, {recursive: true});
for (const file of readdirSync(directory)) {
	if (!pages.has(file)) {
		rmSync(path.join(directory, file));
	}
}

for (const [file, text] of pages) {
	writeFileSync(path.join(directory, file), text);
}
