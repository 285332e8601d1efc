import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {runSuite} from '../runner/runSuite.js';

const ava = path.resolve('node_modules/.bin/ava');

/** A project of its own with these test files, run by the real ava. */
const runAva = async (files: Readonly<Record<string, string>>) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-runner-'));
	try {
		await symlink(path.resolve('node_modules'), path.join(directory, 'node_modules'));
		await writeFile(path.join(directory, 'package.json'), '{"type": "module", "ava": {"workerThreads": false}}');
		for (const [name, body] of Object.entries(files)) {
			await mkdir(path.dirname(path.join(directory, name)), {recursive: true});
			await writeFile(path.join(directory, name), `import test from 'ava';\n${body}\n`);
		}

		const script = 'cd "$0" && shift 0 && exec "$@"';
		return await runSuite({argv: ['sh', '-c', script, directory, ava, '--timeout=5s'], kind: 'ava', limit: 60});
	} finally {
		await rm(directory, {recursive: true});
	}
};

test('counts what the real ava reports', async t => {
	const tally = await runAva({
		'a.test.js': `
			test('passes', t => t.pass());
			test('says ✘ and passes', t => { console.log('  ✘ not a failure'); t.pass(); });
			test('skips', t => { t.log('SKIP test/a.test.ts › skips: no reason at all'); t.pass(); });
			test.skip('declared', t => t.pass());
			test('fails', t => t.is(1, 2));
		`,
		'b.test.js': 'throw new Error(\'does not load\');',
		'c.test.js': 'test(\'hangs\', () => new Promise(() => { setTimeout(() => {}, 1e6); }));',
	});
	t.is(tally.passed, 2);
	t.is(tally.skipped, 2);
	t.true(tally.failed >= 3, 'the failing test, the file that does not load, the test that hangs');
	t.deepEqual(tally.skips, [{id: 'test/a.test.ts › skips', reason: 'no reason at all'}]);
});

test('a suite is ended at its limit, with its children, and counts as failed', async t => {
	const start = Date.now();
	const tally = await runSuite({argv: ['sh', '-c', 'sleep 300 & sleep 300'], kind: 'command', limit: 1});
	t.is(tally.failed, 1);
	t.true(Date.now() - start < 15_000);
});
