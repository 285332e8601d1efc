import test from 'ava';
import {createSlots} from '../../../scripts/machines/slots.js';

test('so many at once, the others in their order, a slot given back twice counts once', async t => {
	const slots = createSlots(2);
	const order: number[] = [];
	const takes = [1, 2, 3, 4].map(async number => {
		const giveBack = await slots.take();
		order.push(number);
		return giveBack;
	});
	const first = await takes[0]!;
	await takes[1]!;
	t.deepEqual(order, [1, 2]);
	first();
	first();
	const third = await takes[2]!;
	t.deepEqual(order, [1, 2, 3]);
	third();
	await takes[3]!;
	t.deepEqual(order, [1, 2, 3, 4]);
});
