import test from 'ava';
import {createPlace} from './tool.js';

test.serial('Ctrl-C stops cleanly with 130 and the resume line, the next up goes on', async t => {
	const place = await createPlace(t);
	const running = place.start(['up'], {FAKE_SLEEP: 'left', FAKE_SECONDS: '5'});
	await running.said('left: making left');
	running.child.kill('SIGINT');
	await running.said('SIGINT: stopping cleanly');
	running.child.kill('SIGINT');
	const {code, stderr} = await running.ended;
	t.is(code, 130, stderr);
	t.true(stderr.endsWith('  resume  k2hdkc-devstack up\n'), stderr);
	t.is((await place.run(['up'])).code, 0);
});

for (const [signal, code] of [['SIGTERM', 143], ['SIGHUP', 129]] as const) {
	test.serial(`${signal} ends up with ${code}`, async t => {
		const place = await createPlace(t);
		const running = place.start(['up'], {FAKE_SLEEP: 'left', FAKE_SECONDS: '1'});
		await running.said('left: making left');
		running.child.kill(signal);
		t.is((await running.ended).code, code);
	});
}

test.serial('a second up is refused with 4 while the first runs, and unlock says who it is', async t => {
	const place = await createPlace(t);
	const running = place.start(['up'], {FAKE_SLEEP: 'left', FAKE_SECONDS: '40'});
	await running.said('left: making left');
	const second = await place.run(['up']);
	t.is(second.code, 4);
	t.true(second.stderr.includes(`process ${running.child.pid}`), second.stderr);
	const refused = await place.run(['unlock']);
	t.is(refused.code, 4);
	t.true(refused.stderr.includes(`process ${running.child.pid}`) && refused.stderr.includes('--yes'), refused.stderr);
	const forced = await place.run(['unlock', '--yes']);
	t.is(forced.code, 0, forced.stderr);
	t.true(forced.stdout.includes('Took the lock away from'));
	const {code, stderr} = await running.ended;
	t.not(code, 0, 'a run whose lock was taken away stops');
	t.regex(stderr, /lock/);
});

test.serial('the lock of a killed run is stale: unlock removes it', async t => {
	const place = await createPlace(t);
	const running = place.start(['up'], {FAKE_SLEEP: 'left', FAKE_SECONDS: '1'});
	await running.said('left: making left');
	running.child.kill('SIGKILL');
	await running.ended;
	const {code, stdout} = await place.run(['unlock', '--json']);
	t.is(code, 0);
	t.like(JSON.parse(stdout), {state: 'stale', removed: true});
	t.like(JSON.parse((await place.run(['unlock', '--json'])).stdout), {state: 'free'});
});

test.serial('logs --follow prints until the step ends, and until the run ends', async t => {
	const place = await createPlace(t);
	const running = place.start(['up'], {FAKE_SLEEP: 'left', FAKE_SECONDS: '2'});
	await running.said('left: making left');
	const [step, whole] = await Promise.all([place.run(['logs', 'left', '--follow']), place.run(['logs', '--follow'])]);
	t.is(step.code, 0);
	t.true(step.stdout.includes('left: done in'));
	t.true(whole.stdout.includes('finished after'));
	t.is((await running.ended).code, 0);
});

test.serial('Ctrl-C ends logs --follow, and so does the death of the run', async t => {
	const place = await createPlace(t);
	const running = place.start(['up'], {FAKE_SLEEP: 'left', FAKE_SECONDS: '20'});
	await running.said('left: making left');
	const following = place.start(['logs', '--follow']);
	await following.said('left: making left');
	following.child.kill('SIGINT');
	t.is((await following.ended).code, 130);
	const another = place.start(['logs', '--follow']);
	await another.said('left: making left');
	running.child.kill('SIGKILL');
	t.is((await another.ended).code, 0);
});
