import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {runClient} from '../../../scripts/k2hr3/client.js';
import {packageRoot} from '../../../scripts/packageRoot.js';

const answering = (stdout: string, stderr = ''): never => {
	const machine: unknown = {run: async () => ({stdout, stderr})};
	return machine as never;
};

test('a document is the result', async t => {
	t.deepEqual(await runClient(answering('{"url": "x"}'), []), {url: 'x'});
});

const errorsFile = readFileSync(path.join(packageRoot, 'patches/trove-k2hdkc/trove_k2hdkc/k2hr3/errors.py'), 'utf8');
const kinds = [...errorsFile.matchAll(/^ {4}kind = '([\w-]+)'$/gm)].map(match => match[1]!).filter(kind => kind !== 'failed');

test('every kind of error of the client has a code of its own', async t => {
	const codes = await Promise.all(kinds.map(async kind => {
		const error = await t.throwsAsync<Error & {code: string}>(runClient(answering(JSON.stringify({error: {kind, message: 'Asking failed.'}})), []));
		t.is(error.message, 'Asking failed.');
		return error.code;
	}));
	t.is(codes.length, 12);
	t.is(new Set(codes).size, codes.length);
	t.false(codes.includes('K2D7014'));
});

for (const stdout of ['', 'not JSON', 'null', '{"error": {"kind": "new", "message": "Told."}}']) {
	test(`no answer that can be used: "${stdout}"`, async t => {
		await t.throwsAsync(runClient(answering(stdout, 'first\nNo module named trove_k2hdkc\n'), []), {code: 'K2D7014', message: stdout.startsWith('{') ? 'Told.' : /No module named trove_k2hdkc$/});
	});
}
