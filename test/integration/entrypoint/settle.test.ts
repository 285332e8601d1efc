import {command, nodeTest, startHealthyNode, statusOf} from './node.js';

nodeTest('settle waits until the node has its part of the data, which it serves before', async (t, place) => {
	await startHealthyNode(t, place, {STANDIN_JOIN_SECONDS: '3'});
	t.is(await statusOf(place), 'HEALTHY');
	const early = await command(place, ['settle']);
	t.is(early.code, 1);
	t.regex(early.stderr, /still at work after 0 s: SAFE -> \[SERVICE IN]\[UP]\[ADD]\[Doing]/);
	const {code, stderr} = await command(place, ['settle', '30']);
	t.is(code, 0, stderr);
	const again = await command(place, ['settle']);
	t.is(again.code, 0, again.stderr);
});

nodeTest('settle ends at once where nothing runs', async (t, place) => {
	const begun = Date.now();
	const {code, stderr} = await command(place, ['settle', '100']);
	t.is(code, 1);
	t.regex(stderr, /Nothing runs here that could serve/);
	t.true(Date.now() - begun < 10_000);
});

nodeTest('settle ends when the node is stopped meanwhile', async (t, place) => {
	const node = await startHealthyNode(t, place, {STANDIN_JOIN_SECONDS: '100'});
	const settling = command(place, ['settle', '100']);
	node.child.kill('SIGTERM');
	await node.ended();
	const {code, stderr} = await settling;
	t.is(code, 1);
	t.regex(stderr, /Nothing runs here/);
});
