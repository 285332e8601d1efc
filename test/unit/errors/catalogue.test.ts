import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {catalogue, docPage, lookup} from '../../../scripts/errors/catalogue.js';
import {errorPages} from '../../../scripts/errors/docs.js';
import {knownFailures, matchKnownFailure, parseKnownFailures} from '../../../scripts/errors/knownFailures.js';
import {exitCodes} from '../../../scripts/errors/toolError.js';
import {packageRoot} from '../../../scripts/packageRoot.js';

const logs = path.join(packageRoot, 'test/fixtures/failures');
const readExample = (name: string): string[] => readFileSync(path.join(logs, `${name}.log`), 'utf8').split('\n');

const sources = (): string[] => readdirSync(path.join(packageRoot, 'scripts'), {recursive: true, encoding: 'utf8'})
	.filter(file => file.endsWith('.ts') && !file.startsWith('errors/catalogue'))
	.map(file => readFileSync(path.join(packageRoot, 'scripts', file), 'utf8'));

test('codes are unique, in order, and of the form K2Dnnnn', t => {
	const codes = catalogue.map(({code}) => code);
	t.is(new Set(codes).size, codes.length);
	t.true(codes.every(code => /^K2D\d{4}$/.test(code)));
	t.deepEqual(codes, codes.toSorted());
});

test('entries are whole sentences with a documented exit code', t => {
	const known = new Set<number>(Object.values(exitCodes).filter(code => code !== exitCodes.ok));
	for (const {code, title, exitCode, cause, remedy} of catalogue) {
		t.true(known.has(exitCode), code);
		t.regex(title, /^[A-Z].*[^.]$/, code);
		t.regex(cause, /^[A-Z`].*\.$/, code);
		t.regex(remedy, /^[A-Z`].*\.$/, code);
	}
});

test('the first digit and the exit code belong together', t => {
	for (const {code, exitCode} of catalogue) {
		const fits = {1: [2], 2: [1, 6, 130], 3: [3], 4: [1, 2, 3, 4], 5: [1, 2, 3, 6], 6: [1, 2, 3], 7: [1, 2], 9: [1]}[code[3]!];
		t.true(fits?.includes(exitCode), `${code} ends with ${exitCode}`);
	}
});

test('lookup', t => {
	t.is(lookup('K2D2101')?.title, 'Another process holds the package lock');
	t.is(lookup('K2D0000'), undefined);
	t.is(docPage('K2D2101'), 'docs/errors/K2D2101.md');
});

test('the codes that the tool names and those of the catalogue are the same', t => {
	const named = new Set([...sources().flatMap(text => text.match(/K2D\d{4}/g) ?? []), ...knownFailures().map(({code}) => code)]);
	t.deepEqual([...named].toSorted(), catalogue.map(({code}) => code));
});

for (const row of knownFailures()) {
	test(`known failure ${row.code} ${row.pattern.source.slice(0, 40)}`, t => {
		t.not(lookup(row.code), undefined);
		t.true(row.examples.length > 0);
		for (const example of row.examples) {
			const lines = readExample(example);
			t.is(matchKnownFailure(lines), row.code, example);
			t.true(lines.some(line => row.pattern.test(line)), `${example} does not show this pattern`);
		}
	});
}

test('every recorded log belongs to a known failure', t => {
	const listed = new Set(knownFailures().flatMap(({examples}) => examples.map(name => `${name}.log`)));
	t.deepEqual(readdirSync(logs).filter(file => file.endsWith('.log') && !listed.has(file)), []);
});

test('only the last lines count, the first row wins, and ordinary output matches nothing', t => {
	const rows = parseKnownFailures('- {pattern: "cause", code: A, examples: []}\n- {pattern: "consequence", code: B, examples: []}\n');
	t.is(matchKnownFailure(['consequence', 'CAUSE'], rows), 'A');
	t.is(matchKnownFailure(['consequence'], rows), 'B');
	t.is(matchKnownFailure(['cause', ...Array.from({length: 60}, () => 'more')], rows), undefined);
	t.is(matchKnownFailure([
		'Setting up mariadb-server (1:11.8.3-0+deb13u1) ...', 'Get:404 http://deb.debian.org/debian trixie/main amd64 libc6 amd64 2.41-12 [2,847 kB]',
		'update-alternatives: using /usr/bin/python3.13', 'invoke-rc.d: policy-rc.d denied execution of start.', 'Created symlink /etc/systemd/system/x',
	]), undefined);
});

test('the pages in docs/errors are what the catalogue says: run `npm run docs`', t => {
	const pages = errorPages(knownFailures(), readExample);
	const directory = path.join(packageRoot, 'docs/errors');
	t.deepEqual(readdirSync(directory).toSorted(), [...pages.keys()].toSorted());
	for (const [file, text] of pages) {
		t.is(readFileSync(path.join(directory, file), 'utf8'), text, file);
	}
});
