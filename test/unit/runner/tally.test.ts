import test from 'ava';
import {
	add, failUndeclared, nothing, render, renderFailure, renderSkip, tallyAva, tallyCommand,
} from '../../runner/tally.js';

const skip = {id: 'test/integration/a.test.ts › needs sshd', reason: 'sshd not found'};

test('a passing run', t => {
	t.like(tallyAva(['', '  ✔ one', '  ✔ two (1.2s)', '  ─', '', '  2 tests passed'], 0), {passed: 2, failed: 0, skipped: 0});
});

test('a test that logged SKIP is skipped and not passed', t => {
	const lines = ['  ✔ one', '  ✔ a › needs sshd', `    ℹ ${renderSkip(skip)}`];
	t.deepEqual(tallyAva(lines, 0), {passed: 1, failed: 0, skipped: 1, skips: [skip], failures: []});
});

test('declared skips and todos are skipped without a reason', t => {
	t.deepEqual(tallyAva(['  - [skip] one', '  - [todo] two'], 0), {passed: 0, failed: 0, skipped: 2, skips: [], failures: []});
});

test('failures, files that did not load and pending tests all fail', t => {
	const lines = ['  ✘ [fail]: one Message', '  ✘ dist/test/a.test.js exited with a non-zero exit code: 1', '  ◌ pending'];
	t.like(tallyAva(lines, 1), {failed: 3, failures: ['one Message', 'dist/test/a.test.js exited with a non-zero exit code: 1', 'pending']});
});

test('an exit code that no line explains is one failure', t => {
	t.like(tallyAva(['  ✔ one'], 3), {failed: 1, failures: ['it ended with exit code 3']});
	t.is(tallyCommand([], 1).failed, 1);
	t.is(tallyCommand(['3 passed, 0 failed, 0 skipped'], 1).failed, 1);
});

test('the last summary line of a command counts', t => {
	const lines = ['1 passed, 0 failed, 0 skipped', `SKIP ${skip.id}: ${skip.reason}`, renderFailure('two'), '7 passed, 2 failed, 1 skipped', ''];
	t.deepEqual(tallyCommand(lines, 1), {passed: 7, failed: 2, skipped: 1, skips: [skip], failures: ['two']});
});

test('a command without a summary counts nothing when it succeeds', t => {
	t.deepEqual(tallyCommand(['fine'], 0), nothing);
});

test('sums', t => {
	const one = {passed: 1, failed: 2, skipped: 1, skips: [skip], failures: ['two']};
	t.is(render(add(add(nothing, one), one)), '2 passed, 4 failed, 2 skipped');
	t.like(add(one, one), {skips: [skip, skip], failures: ['two', 'two']});
});

test('undeclared skips become failures, with or without a reason', t => {
	const tally = {passed: 1, failed: 0, skipped: 3, skips: [skip, {id: 'other › test', reason: 'none'}], failures: []};
	const judged = failUndeclared(tally, new Set([skip.id]));
	t.is(render(judged), '1 passed, 2 failed, 1 skipped');
	t.deepEqual(judged.failures, ['other › test: skipped, though test/optional.json does not name it: none']);
});
