import test from 'ava';
import {compareSuites} from '../../python/troveSuite.js';

const run = (ran: number, ...failed: readonly string[]) => ({
	stderr: `${failed.map(id => `======\n${id.startsWith('load.') ? 'ERROR' : 'FAIL'}: test (${id})\nTraceback\n`).join('')}${'-'.repeat(70)}\nRan ${ran} tests in 1.5s\n\n${failed.length === 0 ? 'OK (skipped=1)' : `FAILED (failures=${failed.length}, skipped=1)`}\n`,
	code: failed.length === 0 ? 0 : 1,
});

type Run = ReturnType<typeof run>;

const cases: ReadonlyArray<readonly [title: string, without: Run, withThem: Run, expected: readonly [passed: number, failed: number, known: number, newFailures: readonly string[]]]> = [
	['nothing fails', run(10), run(10), [9, 0, 0, []]],
	['the same fails', run(10, 'a.A.a', 'load.b'), run(10, 'a.A.a', 'load.b'), [7, 0, 2, []]],
	['one fails no longer', run(10, 'a.A.a', 'b.B.b'), run(10, 'b.B.b'), [8, 0, 1, []]],
	['another fails', run(10, 'a.A.a'), run(10, 'b.B.b'), [8, 1, 0, ['b.B.b']]],
	['one does not load', run(10), run(9, 'load.b'), [7, 2, 0, ['load.b']]],
	['tests are gone', run(10), run(8), [7, 2, 0, []]],
	['the second run does not end', run(10), {stderr: 'ModuleNotFoundError: No module named \'trove\'\n', code: 1}, [0, 1, 0, []]],
	['the first run does not end', {stderr: '', code: -1}, run(10, 'a.A.a'), [0, 1, 0, ['a.A.a']]],
	['none of them runs a test', run(0), run(0), [0, 1, 0, []]],
];

for (const [title, without, withThem, [passed, failed, known, newFailures]] of cases) {
	test(`Trove's own tests: ${title}`, t => {
		const {tally, ...others} = compareSuites(without, withThem);
		t.like(tally, {passed, failed, skipped: 0});
		t.deepEqual(others, {newFailures, known});
	});
}
