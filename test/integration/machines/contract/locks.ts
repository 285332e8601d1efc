import type {LockResult} from '../../../../scripts/machines/types.js';
import {errorOf, type Case} from './stage.js';

const releaseOf = async (lock: LockResult): Promise<void> => lock.held ? lock.release() : undefined;

export const locks: readonly Case[] = [
	['one holds a lock, the next learns who', async (t, {machine, place}) => {
		const file = `${place}/state/lock`;
		const first = await machine.hold(file, 'first of ours');
		t.true(first.held);
		const second = await machine.hold(file, 'second');
		t.like(second, {held: false, info: 'first of ours'});
		t.true((second as {ageSeconds: number}).ageSeconds < 10);
		await releaseOf(first);
		t.is(await machine.read(file), undefined);
		const third = await machine.hold(file, 'third');
		t.true(third.held);
		t.false('tookOver' in third);
		await releaseOf(third);
	}],
	['a dead holder is taken over, and said so', async (t, {machine, place}) => {
		const file = `${place}/lock`;
		await machine.write(file, 'died yesterday\n');
		const lock = await machine.hold(file, 'now');
		t.like(lock, {held: true, tookOver: 'died yesterday'});
		t.is(await machine.read(file), 'now\n');
		await releaseOf(lock);
	}],
	['a lock where nothing can be written is an error', async (t, {machine}) => {
		const error = await errorOf(t, machine.hold('/proc/no/lock', 'x'), 'code');
		t.regex(error.message, /Taking the lock \/proc\/no\/lock/);
	}],
];
