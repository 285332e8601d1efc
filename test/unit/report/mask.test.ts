import test from 'ava';
import fc from 'fast-check';
import {createLiveMask, createMask} from '../../../scripts/report/mask.js';

const secret = 'pa$s/w0rd+"ünï"';

test('a secret is hidden as it is, URL-encoded and inside JSON', t => {
	const mask = createMask([secret]);
	for (const form of [secret, encodeURIComponent(secret), new URLSearchParams({s: secret}).toString().slice(2), JSON.stringify(secret).slice(1, -1)]) {
		t.is(mask(`before ${form} after`), 'before *** after', form);
	}
});

test('a secret is hidden in base64 wherever it begins', t => {
	const hidden = fc.property(fc.string({minLength: 8}), fc.string(), fc.string(), (word, before, after) => {
		const bytes = Buffer.from(word);
		for (const encoding of ['base64', 'base64url'] as const) {
			const text = createMask([word])(Buffer.from(before + word + after).toString(encoding));
			// What is left must not decode to something that still holds the secret.
			if (Buffer.from(text.replaceAll('*', ''), encoding).includes(bytes) && !before.includes(word) && !after.includes(word)) {
				return false;
			}
		}

		return true;
	});
	t.notThrows(() => {
		fc.assert(hidden, {numRuns: 200});
	});
});

test('a longer secret goes as a whole, and short words stay', t => {
	t.is(createMask(['secret', 'secret-longer'])('secret-longer secret'), '*** ***');
	t.is(createMask(['abc'])('abc'), 'abc');
	t.is(createMask([])('anything'), 'anything');
});

test('a live mask learns, also the lines of a key', t => {
	const mask = createLiveMask();
	t.is(mask.text('hunter2-hunter2'), 'hunter2-hunter2');
	mask.add(['hunter2-hunter2', '-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\n-----END KEY-----\n']);
	t.is(mask.text('x hunter2-hunter2'), 'x ***');
	t.is(mask.text('  AAAAB3NzaC1yc2E'), '  ***');
});

test('a masked value keeps its form', t => {
	const mask = createLiveMask(['hunter2-hunter2']);
	t.deepEqual(mask.value({a: ['hunter2-hunter2', 1, null, true], b: {c: 'x hunter2-hunter2'}}), {a: ['***', 1, null, true], b: {c: 'x ***'}});
});
