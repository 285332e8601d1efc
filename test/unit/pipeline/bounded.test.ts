import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {bounded, isLimit} from '../../../scripts/pipeline/bounded.js';

const never = new AbortController().signal;

test('the result comes through', async t => {
	t.is(await bounded('x', {timeout: 1, idleTimeout: 1}, never, async () => 7), 7);
});

test('an error comes through', async t => {
	await t.throwsAsync(bounded('x', {timeout: 1}, never, async () => {
		throw new Error('own');
	}), {message: 'own'});
});

test('a time limit aborts the signal, and is the error whatever the action says', async t => {
	let reason: unknown;
	const error = await t.throwsAsync(bounded('keystone', {timeout: 0.05}, never, async signal => {
		await sleep(5000, undefined, {signal}).catch(() => undefined);
		reason = signal.reason;
		throw new Error('killed');
	}), {instanceOf: ToolError});
	t.is(error.code, 'K2D2002');
	t.is(error.message, 'keystone took longer than 0.05 s and was ended.');
	t.true(isLimit(reason));
});

test('silence ends it, signs of life do not', async t => {
	const error = await t.throwsAsync(bounded('x', {idleTimeout: 0.1}, never, async signal => sleep(5000, undefined, {signal})), {instanceOf: ToolError});
	t.is(error.code, 'K2D2003');
	t.is(await bounded('x', {idleTimeout: 0.2}, never, async (_signal, touch) => {
		for (let round = 0; round < 8; round++) {
			await sleep(50);
			touch();
		}

		return 'alive';
	}), 'alive');
});

test('an action that does not heed its signal is left after the grace', async t => {
	const began = Date.now();
	const error = await t.throwsAsync(bounded('x', {timeout: 0.05, grace: 0.1}, never, async () => sleep(3000, undefined, {ref: false})), {instanceOf: ToolError});
	t.is(error.code, 'K2D2002');
	t.true(Date.now() - began < 2000);
});

test('a stop reaches the action with its own reason and is no limit', async t => {
	const stop = new AbortController();
	setTimeout(() => {
		stop.abort('SIGINT');
	}, 20);
	let reason: unknown;
	await t.throwsAsync(bounded('x', {timeout: 5}, stop.signal, async signal => {
		try {
			await sleep(5000, undefined, {signal});
		} finally {
			reason = signal.reason;
		}
	}));
	t.is(reason, 'SIGINT');
	t.false(isLimit(reason));
});

test('after a stop nothing is begun', async t => {
	let begun = false;
	await t.throwsAsync(bounded('x', {}, AbortSignal.abort(new Error('stopped')), async () => {
		begun = true;
	}), {message: 'stopped'});
	t.false(begun);
});
