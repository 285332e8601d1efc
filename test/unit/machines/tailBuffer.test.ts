import test from 'ava';
import fastCheck from 'fast-check';
import {createTailBuffer} from '../../../scripts/machines/tailBuffer.js';

test('it keeps the end of what it was given, whatever the chunks', t => {
	const chunks = fastCheck.array(fastCheck.uint8Array({maxLength: 300}).map(bytes => bytes.map(byte => byte % 128)), {maxLength: 50});
	const property = fastCheck.property(chunks, fastCheck.integer({min: 1, max: 500}), (parts, limit) => {
		const tail = createTailBuffer(limit);
		for (const part of parts) {
			tail.push(part);
		}

		const all = Buffer.concat(parts);
		return tail.total() === all.length && tail.text() === all.subarray(Math.max(0, all.length - limit)).toString('utf8');
	});
	t.notThrows(() => {
		fastCheck.assert(property);
	});
});

test('a character that is cut at the front is left out', t => {
	const tail = createTailBuffer(4);
	tail.push(Buffer.from('aüüü'));
	t.is(tail.text(), 'üü');
	tail.push(Buffer.from('b'));
	t.is(tail.text(), 'üb');
});

test('a chunk larger than the limit', t => {
	const tail = createTailBuffer(3);
	tail.push(Buffer.from('0123456789'));
	t.is(tail.text(), '789');
	t.is(tail.total(), 10);
});
