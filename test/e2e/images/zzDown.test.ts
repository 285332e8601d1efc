import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {machinePids} from '../support/machine.js';
import {expect, hostNeeds} from '../support/tool.js';

// Its root is that of the other environments too, and their tests build it anew.
test.serial('the machine of the registry goes', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['down', '--depth', 'sources', '--yes']);
	t.is(await machinePids(), undefined);
});
