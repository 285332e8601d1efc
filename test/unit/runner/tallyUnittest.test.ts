import test from 'ava';
import {tallyUnittest} from '../../python/tallyUnittest.js';

const closing = (ran: string, verdict: string): string => `.....\nFAILED to do something (not the verdict)\n${'-'.repeat(70)}\nRan ${ran} in 1.5s\n\n${verdict}\n`;

const cases: ReadonlyArray<readonly [output: string, exitCode: number, expected: readonly [number, number, number]]> = [
	[closing('58 tests', 'OK'), 0, [58, 0, 0]],
	[closing('58 tests', 'OK (skipped=2)'), 0, [56, 0, 2]],
	[closing('10 tests', 'FAILED (failures=1, errors=2, skipped=3)'), 1, [4, 3, 3]],
	[closing('1 test', 'OK'), 0, [1, 0, 0]],
	[closing('3 tests', 'OK'), 1, [3, 1, 0]],
	[closing('0 tests', 'OK'), 0, [0, 1, 0]],
	['ModuleNotFoundError: No module named \'trove\'\n', 1, [0, 1, 0]],
	['', 0, [0, 1, 0]],
];

for (const [output, exitCode, [passed, failed, skipped]] of cases) {
	test(`unittest: ${JSON.stringify(output.slice(-40))}, exit code ${exitCode}`, t => {
		t.like(tallyUnittest(output, exitCode), {passed, failed, skipped});
	});
}
