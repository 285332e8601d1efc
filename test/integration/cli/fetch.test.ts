import {readdir} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {createPlace} from './tool.js';

const reaches = {FAKE_REACHES: 'left'};

test('fetch does what fetches and what that stands on; then up --offline does the rest', async t => {
	const place = await createPlace(t);
	const dry = await place.run(['fetch', '--dry-run'], reaches);
	t.regex(dry.stdout, /RUN +first .*\n.*RUN +left .*\n\n2 steps to run/);
	t.notRegex(dry.stdout, /need no network/);
	const fetched = await place.run(['fetch'], reaches);
	t.is(fetched.code, 0, fetched.stderr);
	t.regex(fetched.stderr, /fetch: environment default/);
	t.regex(fetched.stdout, /^What was asked for is here: .* need no network\.\n$/);
	t.deepEqual((await readdir(path.join(place.directory, 'fake/default/work'))).toSorted(), ['first.done', 'left.done']);
	t.is((await place.run(['plan', '--offline'], reaches)).code, 0);
	const doctor = await place.run(['doctor', '--offline'], reaches);
	t.is(doctor.code, 0, doctor.stdout);
	t.regex(doctor.stdout, /PASS {2}Needed from outside/);
	t.notRegex(doctor.stdout, /KVM/, 'what asks outside is not asked');
	t.is((await place.run(['up', '--offline'], reaches)).code, 0);
});

test('offline, what was not fetched stops every command before anything changes', async t => {
	const place = await createPlace(t);
	for (const words of [['up'], ['up', '--dry-run'], ['plan']]) {
		const {code, stderr} = await place.run([...words, '--offline', '--set', 'timeouts.scale=2'], reaches);
		t.is(code, 3, stderr);
		t.regex(stderr, /\[K2D6060]/);
		t.regex(stderr, /left \(the mirror\): not done yet/);
		t.regex(stderr, /Run `k2hdkc-devstack fetch --set timeouts\.scale=2` while there is a network/);
	}

	t.deepEqual(await readdir(path.join(place.directory, 'fake/default')).catch(() => []), []);
	const doctor = await place.run(['doctor', '--offline', '--json'], reaches);
	t.is(doctor.code, 3);
	const {checks} = JSON.parse(doctor.stdout) as {checks: Array<{id: string; code?: string}>};
	t.is(checks.find(({id}) => id === 'fetched')!.code, 'K2D6060');
});

test('fetch tells its progress as up does, and resumes', async t => {
	const place = await createPlace(t);
	const failed = await place.run(['fetch', '--json'], {...reaches, FAKE_FAIL: 'left'});
	t.is(failed.code, 1);
	t.like(JSON.parse(failed.stdout), {result: 'failed', failures: [{code: 'K2D2001'}], resume: 'k2hdkc-devstack fetch --json'});
	const again = await place.run(['fetch', '--events'], reaches);
	t.is(again.code, 0);
	const events = again.stdout.trimEnd().split('\n').map(line => JSON.parse(line) as {type: string; id?: string; result?: string});
	t.deepEqual(events.filter(({type}) => type === 'step-end').map(({id, result}) => `${id} ${result}`), ['first skipped', 'left done']);
});
