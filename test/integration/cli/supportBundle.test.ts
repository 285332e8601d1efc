import {execFileSync} from 'node:child_process';
import {appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {createPlace} from './tool.js';

const secret = 'S3cret/with+odd="chars"';

const base64 = ['', 'x', 'xx'].map(before => Buffer.from(`${before}${secret} and more`).toString('base64'));

/** Ways in which the secret could stand in a text, and what must then be found nowhere. */
const leaks = [secret, encodeURIComponent(secret), JSON.stringify(secret), ...base64];
const traces = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64.map(text => text.slice(4, 20))];

test('the bundle holds what is needed to help, for the owner only, and no secret in any form', async t => {
	const place = await createPlace(t);
	await place.run(['up'], {FAKE_SECRET: secret, FAKE_FAIL: 'left'});
	const [run] = readdirSync(path.join(place.directory, 'state/k2hdkc-devstack/default'));
	// What an older version or a crash could have left unmasked.
	appendFileSync(path.join(place.directory, 'state/k2hdkc-devstack/default', run!, 'run.log'), leaks.map(leak => `leak ${leak}\n`).join(''));
	writeFileSync(path.join(place.directory, '.env'), `K2HDKC_DEVSTACK__PROXY__HTTP=http://user:${encodeURIComponent(secret)}@proxy.test:3128\n`);
	const {code, stdout, stderr} = await place.run(['support-bundle', '--json'], {FAKE_SECRET: secret});
	t.is(code, 0, stderr);
	const {file, files} = JSON.parse(stdout) as {file: string; files: string[]};
	t.is(statSync(file).mode % 0o1000, 0o600);
	t.is(path.dirname(file), place.directory);
	for (const name of ['versions.txt', 'config.txt', 'doctor.txt', 'plan.txt', 'host.txt', 'machine.txt', 'record/state.json', 'record/journal.jsonl']) {
		t.true(files.includes(name), name);
	}

	const unpacked = path.join(place.directory, 'unpacked');
	mkdirSync(unpacked);
	execFileSync('tar', ['-xzf', file, '-C', unpacked]);
	const texts = readdirSync(unpacked, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile()).map(entry => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
	t.is(texts.length, files.length);
	const all = texts.join('\n');
	for (const trace of traces) {
		t.false(all.includes(trace), trace);
	}

	for (const words of ['leak ***', 'E: it broke', 'RUN', 'Memory', 'proxy.http', '"left"']) {
		t.true(all.includes(words), words);
	}
});

test('an environment out of reach does not keep the logs from the bundle', async t => {
	const place = await createPlace(t);
	await place.run(['up'], {FAKE_OPEN: ''});
	const {code, stdout, stderr} = await place.run(['support-bundle', '--output', 'mine.tar.gz'], {FAKE_OPEN: 'fail'});
	t.is(code, 0);
	t.true(stderr.includes('K2D5001'));
	t.true(stdout.startsWith(path.join(place.directory, 'mine.tar.gz')));
	t.true(execFileSync('tar', ['-tzf', path.join(place.directory, 'mine.tar.gz')], {encoding: 'utf8'}).includes('run.log'));
});

test('a bundle that cannot be written is an error', async t => {
	const place = await createPlace(t);
	const {code, stderr} = await place.run(['support-bundle', '--output', 'no/such/place.tar.gz']);
	t.not(code, 0);
	t.true(stderr.includes('no/such/place'), stderr);
});
