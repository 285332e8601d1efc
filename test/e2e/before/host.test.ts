import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {keepSnapshot, takeSnapshot} from '../support/hostSnapshot.js';
import {expect, hostNeeds, paths} from '../support/tool.js';

test.serial('what an earlier run left goes, and the host is looked at for the comparison at the end', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['down', '--depth', 'sources', '--yes']);
	const {state, cache} = await paths();
	const snapshot = await takeSnapshot([state, cache]);
	t.true(snapshot.packages!.length > 100 && snapshot.etc!.length > 100);
	await keepSnapshot(snapshot);
});
