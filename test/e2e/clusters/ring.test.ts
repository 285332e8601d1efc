import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {openRing} from '../support/ring.js';
import {expect, hostNeeds} from '../support/tool.js';

// A cluster by Trove's API. K2HDKC and K2HR3 are stand-ins, or those that TEST_K2HDKC_PREFIX and TEST_K2HR3_PREFIX name; all else is what a user has.
test.serial('a cluster of two becomes a ring, grows to three, is restarted, shrinks to two, and goes without a trace', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {ring, words} = await openRing(t, 'shop');
	const [first] = await ring.create(2);
	const three = await ring.grow(3);
	await ring.restart(3);
	const left = await ring.shrink(first!, 2);
	t.false(left.some(({id}) => id === first!.id));
	await ring.remove(three);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
