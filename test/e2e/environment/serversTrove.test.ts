import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {atRest} from '../support/atRest.js';
import {everything} from '../support/everything.js';
import {openInstances} from '../support/instances.js';
import {queueLimit} from '../support/nodeData.js';
import {openRing} from '../support/ring.js';
import {expect, hostNeeds} from '../support/tool.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};

// The shortest walk through all that Trove does with members, in the environment of serversBoot.test.ts. Every operation, fault and command is in the suite `clusters`.
// K2HDKC and K2HR3 are stand-ins; all else is what a user has.
test.serial('a user of Trove creates a cluster, gives it another configuration, grows it, shrinks it, and deletes it without a trace', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {ring, demo, words} = await openRing(t, 'walked');
	const instances = openInstances(demo);
	const before = await everything(demo);
	await t.throwsAsync(async () => ring.order(1), {message: /answered 4\d\d.*at least 2/});
	const configuration = await instances.createConfiguration({name: 'walked', datastore, values: {'chmpx-max-mq-client': 200}});
	const [first] = await ring.create(2);
	await ring.ask({configuration_attach: {configuration_id: configuration}});
	await atRest(demo, 'the group is attached');
	await t.throwsAsync(async () => ring.ask({grow: [ring.member]}), {message: /answered 422.*Restart the cluster/});
	for (const server of await ring.serversOf(await ring.restart(2))) {
		t.is(await queueLimit(server), '208', server);
	}

	const three = await ring.grow(3);
	await ring.shrink(first!, 2);
	await ring.remove(three);
	await instances.removeConfiguration(configuration);
	t.deepEqual(await everything(demo), before);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
