import {setTimeout as sleep} from 'node:timers/promises';
import {addSecond, command, nodeTest, startHealthyNode, startNode, statusOf} from './node.js';

nodeTest('stop takes the node out, and the container stays until TERM', async (t, place) => {
	const node = await startHealthyNode(t, place);
	const begun = Date.now();
	const stopped = await command(place, ['stop']);
	t.log(`stopped in ${Date.now() - begun} ms`);
	t.is(stopped.code, 0, stopped.stderr);
	t.is(place.k2hr3.members.size, 0);
	t.is(await statusOf(place), 'RUNNING');
	await t.throwsAsync(node.pidOf('chmpx'), {code: 'ENOENT'});
	await t.throwsAsync(node.pidOf('k2hdkc'), {code: 'ENOENT'});

	// Docker would start the container again if it ended, and nothing comes back into it by itself.
	await sleep(1500);
	t.is(node.code(), undefined);
	t.is(place.k2hr3.members.size, 0);
	t.is((await command(place, ['a'])).code, 0);

	node.child.kill('SIGTERM');
	const {code, took} = await node.ended();
	t.is(code, 0);
	t.true(took < 1000, `${took} ms`);

	await startHealthyNode(t, place);
	t.true(place.k2hr3.members.has(place.cuk));
});

nodeTest('stop where nothing runs is done', async (t, place) => {
	const {code, stderr} = await command(place, ['stop']);
	t.is(code, 0);
	t.regex(stderr, /Nothing runs here/);
});

nodeTest('stop tells that K2HR3 did not answer', async (t, place) => {
	await startHealthyNode(t, place);
	place.k2hr3.fail(() => 'silent');
	const begun = Date.now();
	const {code, stderr} = await command(place, ['stop']);
	t.is(code, 1);
	t.regex(stderr, /could not leave in good order/);
	t.true(Date.now() - begun < 8000);
	t.is(await statusOf(place), 'RUNNING');
});

nodeTest('stop with time for the ring keeps the node in K2HR3 until the others have its data', async (t, place) => {
	const node = await startHealthyNode(t, place, {STANDIN_MERGE_SECONDS: '2'});
	await addSecond(place, node);
	const begun = Date.now();
	const {code, stderr} = await command(place, ['stop', '25']);
	t.is(code, 0, stderr);
	t.regex(node.output(), /The ring has 25 s to take over/);
	const left = place.k2hr3.requests.find(({method}) => method === 'DELETE')!.at - begun;
	t.true(left >= 2000, `${left} ms`);
	t.false(place.k2hr3.members.has(place.cuk));
	t.is(await statusOf(place), 'RUNNING');
});

nodeTest('stop with time for the ring changes nothing when the time is not enough', async (t, place) => {
	const node = await startHealthyNode(t, place, {STANDIN_MERGE_SECONDS: '100'});
	await addSecond(place, node);
	const {code, stderr} = await command(place, ['stop', '1']);
	t.is(code, 1);
	t.regex(stderr, /did not take over within 1 s what this node serves\. The node is back in service/);
	t.is(await statusOf(place), 'HEALTHY');
	t.true(place.k2hr3.members.has(place.cuk));
	t.is((await command(place, ['stop'])).code, 1, 'without time it goes all the same, and says that it is still in service');
	t.false(place.k2hr3.members.has(place.cuk));
});

nodeTest('stop works while the node starts', async (t, place) => {
	const node = startNode(t, place, {extdata_url: 'http://127.0.0.1:1/x'});
	await node.saw('Next try');
	t.is((await command(place, ['stop'])).code, 0);
	t.is(node.code(), undefined);
});

const wrong: ReadonlyArray<readonly [readonly string[], RegExp]> = [
	[['dance'], /There is no command 'dance'[\s\S]*Usage:/],
	[['status', 'x'], /'status' takes no further argument/],
	[['start', 'x'], /'start' takes no further argument/],
	[['stop', 'x'], /The seconds that the ring has, 'x', must be a whole number/],
	[['stop', '1', '2'], /'stop' takes at most the seconds/],
	[['settle', 'x'], /The seconds that the ring has, 'x', must be a whole number/],
	[['settle', '1', '2'], /'settle' takes at most the seconds/],
	[['backup', '/a', 'b', 'c'], /'backup' takes at most/],
	[['backup', 'relative'], /must be an absolute path/],
	[['restore', '/a', '../b'], /letters, digits, dot/],
	[['delete', '/a', '..'], /letters, digits, dot/],
];
nodeTest('wrong usage is told with exit code 2', async (t, place) => {
	for (const [args, says] of wrong) {
		const {code, stderr, stdout} = await command(place, args);
		t.deepEqual([code, stdout], [2, ''], args.join(' '));
		t.regex(stderr, says);
	}

	const help = await command(place, ['--help']);
	t.is(help.code, 0);
	t.regex(help.stdout, /^Usage: k2hdkctrove\.sh/);
});
