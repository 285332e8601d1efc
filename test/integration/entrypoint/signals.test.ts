import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {Fault} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import {nodeTest, startHealthyNode, startNode, until} from './node.js';

type Moment = {
	readonly what: string;
	readonly silent?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Request, or line of the log, after which the signal is sent. */
	readonly after: string | RegExp;
};

const moments: readonly Moment[] = [
	{what: 'K2HR3 is silent about the document', silent: 'GET extdata', after: 'GET extdata'},
	{what: 'K2HR3 is silent about the registration', silent: 'PUT role', after: 'PUT role'},
	{what: 'K2HR3 is silent about the resource', silent: 'GET resource', after: 'GET resource'},
	{what: 'K2HR3 is tried again', env: {extdata_url: 'http://127.0.0.1:1/x'}, after: /Next try in 2 s/},
	{what: 'chmpx does not come up', env: {STANDIN_CHMPX: 'never-up'}, after: /chmpx runs/},
	{what: 'chmpx cannot be asked', env: {STANDIN_CHMPXSTATUS_HANGS: '/'}, after: /chmpx runs/},
	{what: 'a dead program waits for its next start', env: {STANDIN_K2HDKC: 'fails'}, after: /Next start in 2 s/},
];

/** What the contract with Docker leaves: ten seconds, and a margin. */
const limit = 9000;

for (const {what, silent, env = {}, after} of moments) {
	nodeTest(`TERM is heeded while ${what}`, async (t, place) => {
		place.k2hr3.fail((asked): Fault => asked === silent ? 'silent' : 'none');
		const node = startNode(t, place, env);
		if (typeof after === 'string') {
			await until(() => `${after}\n${node.output()}`, 10, () => place.k2hr3.requests.some(({method, path}) => `${method} ${path.split('/')[2]}` === after));
		} else {
			await node.saw(after);
		}

		node.child.kill('SIGTERM');
		const {code, took} = await node.ended();
		t.log(`gone after ${took} ms`);
		t.is(code, 0, node.output());
		t.true(took < limit, `${took} ms\n${node.output()}`);
		t.is(place.k2hr3.members.size, 0);
		await t.throwsAsync(node.pidOf('chmpx'), {code: 'ENOENT'});
	});
}

nodeTest('INT ends it too, and so do many signals', async (t, place) => {
	const node = await startHealthyNode(t, place);
	node.child.kill('SIGINT');
	for (let count = 0; count < 5; count += 1) {
		node.child.kill('SIGTERM');
	}

	t.is((await node.ended()).code, 0, node.output());
	t.is(place.k2hr3.members.size, 0, node.output());
});

type Hanging = {
	readonly what: string;
	/** By the file whose being there makes chmpxstatus hang. */
	readonly env: (hang: string) => Readonly<Record<string, string>>;
	readonly says: RegExp;
};

const hanging: readonly Hanging[] = [
	{what: 'a K2HR3 that hangs does not keep the node from leaving', env: () => ({}), says: /may still be registered with K2HR3: no answer/},
	{what: 'a chmpx that cannot be asked any more does not either', env: hang => ({STANDIN_CHMPXSTATUS_HANGS: hang}), says: /Ended/},
	{what: 'when all of them hang it takes less than the time that Docker gives', env: () => ({STANDIN_CHMPX: 'deaf'}), says: /chmpx did not end; it is killed/},
];

for (const {what, env, says} of hanging) {
	nodeTest(what, async (t, place) => {
		const hang = path.join(place.root, 'hang');
		const node = await startHealthyNode(t, place, env(hang));
		await writeFile(hang, '');
		place.k2hr3.fail(() => 'silent');
		node.child.kill('SIGTERM');
		const {code, took} = await node.ended();
		t.log(`gone after ${took} ms`);
		t.is(code, 0);
		t.true(took < limit, `${took} ms`);
		t.regex(node.output(), says);
	});
}
