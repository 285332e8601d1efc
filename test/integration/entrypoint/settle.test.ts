import {connect} from 'node:net';
import {addSecond, command, nodeTest, startHealthyNode, statusOf} from './node.js';

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

nodeTest('a merge that does not end is begun anew, the next time later', async (t, place) => {
	const node = await startHealthyNode(t, place, {STANDIN_JOIN_SECONDS: '1000', K2HDKCTROVE_MERGE_SECONDS: '2'});
	await node.saw('The ring has merged for 2 s. The merge is begun anew.', 10);
	t.is((await command(place, ['settle', '10'])).code, 0);
	await addSecond(place, node);
	connect(place.controlPort, '127.0.0.1').end('SERVICEIN\n');
	await node.saw('The ring has merged for 4 s. The merge is begun anew.', 10);
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
