import process from 'node:process';
import {addSecond, nodeTest, startHealthyNode, startNode, statusOf, until} from './node.js';

nodeTest('from the start to HEALTHY, and to the end by TERM', async (t, place) => {
	t.is(await statusOf(place), 'RUNNING');
	const begun = Date.now();
	const node = startNode(t, place);
	await until(() => `HEALTHY:\n${node.output()}`, 10, async () => await statusOf(place) === 'HEALTHY');
	t.log(`HEALTHY after ${Date.now() - begun} ms`);
	t.true(place.k2hr3.members.has(place.cuk));
	await addSecond(place, node);

	const [chmpx, k2hdkc] = [await node.pidOf('chmpx'), await node.pidOf('k2hdkc')];
	node.child.kill('SIGTERM');
	const {code, took} = await node.ended();
	t.log(`gone ${took} ms after TERM`);
	t.is(code, 0, node.output());
	t.false(place.k2hr3.members.has(place.cuk));
	t.regex(node.output(), /serviceout of node-1\.example:\d+:8b2f1c5e-[^:]+:node-1\.example:/);
	t.notRegex(node.output(), /no node is succeed|still in service|killed/);
	for (const pid of [chmpx, k2hdkc]) {
		t.throws(() => process.kill(pid, 0), {code: 'ESRCH'});
	}

	t.is(await statusOf(place), 'RUNNING');
});

nodeTest('the only server of a ring ends without waiting for somebody to take over', async (t, place) => {
	const node = await startHealthyNode(t, place);
	node.child.kill('SIGTERM');
	const {code, took} = await node.ended();
	t.log(`gone ${took} ms after TERM`);
	t.is(code, 0, node.output());
	t.regex(node.output(), /only server of its ring/);
	t.notRegex(node.output(), /serviceout|killed\./);
	t.false(place.k2hr3.members.has(place.cuk));
});
