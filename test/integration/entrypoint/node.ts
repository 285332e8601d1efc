import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {makePlace, shells, type Place} from './place.js';

export * from './place.js';

/** A test of a node, in each shell. They run side by side, because most of the time is waiting; the log of a failed one names those that passed. */
export const nodeTest = (title: string, run: (t: ExecutionContext, place: Place) => Promise<void>): void => {
	test(title, async t => {
		if (await needs(t, {commands: {curl: 'curl', dash: 'dash', busybox: 'busybox', bash: 'bash'}})) {
			await Promise.all(shells.map(async shell => {
				await run(t, await makePlace(t, shell));
				t.log(`passed in ${shell}`);
			}));
		}
	});
};
