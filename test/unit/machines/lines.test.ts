import test from 'ava';
import fastCheck from 'fast-check';
import {createLineSplitter, lastLinesOf, longestLine} from '../../../scripts/machines/lines.js';

const split = (chunks: readonly Uint8Array[]): string[] => {
	const lines: string[] = [];
	const splitter = createLineSplitter(line => {
		lines.push(line);
	});
	for (const chunk of chunks) {
		splitter.push(chunk);
	}

	splitter.end();
	return lines;
};

const cutAt = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
	const sorted = [0, ...places.map(place => place % (bytes.length + 1)), bytes.length].toSorted((left, right) => left - right);
	return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
};

const table: ReadonlyArray<readonly [text: string, lines: readonly string[]]> = [
	['', []],
	['a', ['a']],
	['a\n', ['a']],
	['a\nb', ['a', 'b']],
	['\n\na\n', ['', '', 'a']],
	['a\r\nb\r\n', ['a', 'b']],
	['10%\r20%\r\n', ['10%\r20%']],
];

for (const [text, lines] of table) {
	test(`${JSON.stringify(text)} in one piece and byte by byte`, t => {
		const bytes = Buffer.from(text);
		t.deepEqual(split([bytes]), lines);
		t.deepEqual(split([...bytes].map(byte => Uint8Array.of(byte))), lines);
	});
}

test('wherever the chunks are cut, the lines are the same', t => {
	const property = fastCheck.property(fastCheck.array(fastCheck.string({unit: 'grapheme'})), fastCheck.array(fastCheck.nat()), (parts, places) => {
		const text = parts.join('\n').replaceAll('\r', '');
		const expected = text.split('\n');
		if (expected.at(-1) === '') {
			expected.pop();
		}

		const lines = split(cutAt(Buffer.from(text), places));
		return lines.length === expected.length && lines.every((line, index) => line === expected[index]);
	});
	t.notThrows(() => {
		fastCheck.assert(property);
	});
});

test('a line without end is handed on in pieces', t => {
	const lines = split(Array.from({length: 10}, () => Buffer.alloc(longestLine / 2, 'x')));
	t.is(lines.length, 5);
	t.true(lines.every(line => line.length === longestLine));
});

test('bytes that are no UTF-8 do no harm', t => {
	t.deepEqual(split([Uint8Array.of(0xFF, 0x61, 0x0A, 0xC3)]), ['�a', '�']);
});

test('the last lines of a text, without empty ones', t => {
	t.deepEqual(lastLinesOf('1\n\n2\r\n \n3\n', 2), ['2', '3']);
	t.deepEqual(lastLinesOf('', 2), []);
});
