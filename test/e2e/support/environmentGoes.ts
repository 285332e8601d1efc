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
		// A root that was there before is nobody's to take away.
		t.deepEqual((await readdir(place).catch(() => [])).filter(entry => entry !== 'roots'), [], place);
		await rm(place, {recursive: true, force: true});
	}
};
