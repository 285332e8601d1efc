import {execFileSync} from 'node:child_process';
import test from 'ava';
import fastCheck from 'fast-check';
import {quote, quoteAll} from '../../../scripts/machines/quote.js';

const table: ReadonlyArray<readonly [word: string, quoted: string]> = [
	['plain', 'plain'],
	['/usr/bin/apt-get', '/usr/bin/apt-get'],
	['--set=a,b:c@d+e%f', '--set=a,b:c@d+e%f'],
	['', '\'\''],
	['a b', '\'a b\''],
	['it\'s', String.raw`'it'\''s'`],
	['$HOME', '\'$HOME\''],
	['~', '\'~\''],
	['a\nb', '\'a\nb\''],
	['!', '\'!\''],
	['=ls', '\'=ls\''],
	['ü', '\'ü\''],
	['#', '\'#\''],
];

for (const [word, quoted] of table) {
	test(`${JSON.stringify(word)} is quoted as it must be, and no more`, t => {
		t.is(quote(word), quoted);
	});
}

test('a program that looks like an assignment is still a program', t => {
	t.is(quoteAll(['A=b', 'C=d']), '\'A=b\' C=d');
	t.is(quoteAll(['A=b c']), '\'A=b c\'');
	t.is(quoteAll(['env', 'A=b', 'ls']), 'env A=b ls');
});

for (const shell of ['sh', 'bash']) {
	test(`${shell} reads any words back as they were`, t => {
		const property = fastCheck.property(fastCheck.array(fastCheck.string({unit: 'binary'}).map(text => text.replaceAll('\0', '')), {maxLength: 20}), words => {
			const out = execFileSync(shell, ['-c', quoteAll(['printf', String.raw`%s\0`, ...words, 'end'])]).toString();
			return out === [...words, 'end', ''].join('\0');
		});
		t.notThrows(() => {
			fastCheck.assert(property, {numRuns: 50});
		});
	});
}
