import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import type {Node} from '../../../scripts/pipeline/graph.js';
import {schedule, type Ended} from '../../../scripts/pipeline/schedule.js';

const node = (id: string, ...needs: string[]): Node => ({id, needs, stage: 'machine'});
const well: Ended = {ok: true, changed: true};

test('independent steps run side by side, never more than allowed', async t => {
	let now = 0;
	let most = 0;
	await schedule([node('a'), node('b'), node('c'), node('d'), node('e')], {
		concurrency: 3,
		mayStart: () => true,
		async run() {
			now++;
			most = Math.max(most, now);
			await sleep(5);
			now--;
			return well;
		},
	});
	t.is(most, 3);
	t.is(now, 0);
});

test('a step starts after all its needs', async t => {
	const ended: string[] = [];
	await schedule([node('c', 'a', 'b'), node('a'), node('b', 'a')], {
		concurrency: 4,
		mayStart: () => true,
		async run({id, needs}) {
			t.true(needs.every(need => ended.includes(need)));
			await sleep(2);
			ended.push(id);
			return well;
		},
	});
	t.deepEqual(ended, ['a', 'b', 'c']);
});

test('needs outside of the list count as met', async t => {
	const rest = await schedule([node('b', 'a')], {concurrency: 1, mayStart: () => true, run: async () => well});
	t.deepEqual(rest, []);
});

test('what stands on a failed step is not started, the others are', async t => {
	const ran: string[] = [];
	const rest = await schedule([node('a'), node('b', 'a'), node('c', 'b'), node('d')], {
		concurrency: 1,
		mayStart: () => true,
		async run({id}) {
			ran.push(id);
			return {ok: id !== 'a', changed: true};
		},
	});
	t.deepEqual(ran, ['a', 'd']);
	t.deepEqual(rest.map(({id}) => id), ['b', 'c']);
});

test('a change is told to everything above, through steps that did nothing', async t => {
	const told = new Map<string, boolean>();
	await schedule([node('a'), node('b', 'a'), node('c', 'b'), node('d')], {
		concurrency: 2,
		mayStart: () => true,
		async run({id}, upstreamChanged) {
			told.set(id, upstreamChanged);
			return {ok: true, changed: id === 'a'};
		},
	});
	t.deepEqual(Object.fromEntries(told), {a: false, b: true, c: true, d: false});
});

test('after a stop nothing new starts and what runs is waited for', async t => {
	let may = true;
	const ended: string[] = [];
	const rest = await schedule([node('a'), node('b'), node('c')], {
		concurrency: 2,
		mayStart: () => may,
		async run({id}) {
			may = id !== 'b';
			await sleep(5);
			ended.push(id);
			return well;
		},
	});
	t.deepEqual(ended, ['a', 'b']);
	t.deepEqual(rest.map(({id}) => id), ['c']);
});

test('an error comes out after all that runs has ended', async t => {
	let ended = false;
	const run = async ({id}: Node): Promise<Ended> => {
		if (id === 'a') {
			throw new Error('broken');
		}

		await sleep(10);
		ended = true;
		return well;
	};

	await t.throwsAsync(schedule([node('a'), node('b')], {concurrency: 2, mayStart: () => true, run}), {message: 'broken'});
	t.true(ended);
});
