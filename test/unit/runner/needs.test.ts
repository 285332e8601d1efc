import test, {type ExecutionContext} from 'ava';
import {findCommand} from '../../helpers/debianPackages.js';
import {needs, type Needs} from '../../helpers/needs.js';

/** What needs() answers and logs in a test of its own. */
const ask = async (wanted: Needs) => {
	const logged: string[] = [];
	let passed = 0;
	const context = {
		title: 'needs something',
		log(text: string) {
			logged.push(text);
		},
		pass() {
			passed++;
		},
	} as unknown as ExecutionContext;
	return {answer: await needs(context, wanted), logged, passed};
};

test('a test that has what it needs runs', async t => {
	t.deepEqual(await ask({commands: {sh: 'dash'}}), {answer: true, logged: [], passed: 0});
});

test('a test that misses something passes with one line that says what', async t => {
	t.deepEqual(await ask({missing: 'no mirror\nof Trove'}), {
		answer: false,
		logged: ['SKIP test/unit/runner/needs.test.ts › needs something: no mirror of Trove'],
		passed: 1,
	});
});

test('commands of the administrator are found whatever PATH says', async t => {
	t.regex(await findCommand('ldconfig') ?? '', /\/sbin\/ldconfig$/);
	t.is(await findCommand('no-such-command-anywhere'), undefined);
});
