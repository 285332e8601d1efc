import {readdir, rm} from 'node:fs/promises';
import type {ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {machinePids} from './machine.js';
import {expect, hostNeeds, paths} from './tool.js';

/** The last test of a suite whose environment has a state and a cache of its own: all of it goes. */
export const environmentGoes = async (t: ExecutionContext): Promise<void> => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['down', '--depth', 'everything', '--yes']);
	t.is(await machinePids(), undefined);
	const {state, cache} = await paths();
	for (const place of [state, cache]) {
		t.deepEqual(await readdir(place).catch(() => []), [], place);
		await rm(place, {recursive: true, force: true});
	}
};
