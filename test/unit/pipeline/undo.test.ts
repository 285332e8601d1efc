import test from 'ava';
import {exitCodes, ToolError} from '../../../scripts/errors/toolError.js';
import type {Failure} from '../../../scripts/pipeline/events.js';
import {interruptCode} from '../../../scripts/pipeline/interrupts.js';
import {outcomeOf} from '../../../scripts/pipeline/runFrame.js';
import {depths, type Depth, type Step, type StepRecord} from '../../../scripts/pipeline/types.js';
import {decideUndo, strangersIn} from '../../../scripts/pipeline/undo.js';

const record = (more: Partial<StepRecord> = {}): StepRecord => ({status: 'done', inputHash: 'h', startedAt: '2026-11-22T10:00:00.000Z', bootId: 'b', ...more});
const at = (depth: Depth): Pick<Step<never>, 'undo'> => ({undo: {depth, undo: async () => undefined}});

for (const [own, ownIndex] of depths.map((depth, index) => [depth, index] as const)) {
	for (const [wanted, wantedIndex] of depths.map((depth, index) => [depth, index] as const)) {
		test(`a step of depth ${own} at --depth ${wanted}`, t => {
			const expected = ownIndex <= wantedIndex ? 'undo' : 'pass';
			t.is(decideUndo(at(own), record(), wanted), expected);
			t.is(decideUndo(at(own), record({status: 'running'}), wanted), expected);
			t.is(decideUndo(at(own), record({status: 'failed'}), wanted), expected);
			t.is(decideUndo(at(own), record({status: 'undoing'}), wanted), expected);
		});
	}
}

test('what has no record is not ours, what was adopted is left, what leaves nothing is passed', t => {
	t.is(decideUndo(at('services'), undefined, 'everything'), 'pass');
	t.is(decideUndo(at('services'), record({adopted: true}), 'everything'), 'leave-adopted');
	t.is(decideUndo(at('everything'), record({adopted: true}), 'services'), 'pass');
	t.is(decideUndo({undo: {nothingLeft: 'it lives in the root'}}, record(), 'everything'), 'pass');
});

test('only what has something to take back counts as a stranger', t => {
	const records = {known: record(), other: record(), theirs: record({adopted: true}), inside: record({leavesNothing: true})};
	t.deepEqual(strangersIn([{id: 'known'}], records), ['other']);
});

const failure = (exitCode: number): Failure => ({code: 'K2D2001', what: '', why: '', remedy: '', lastLines: [], exitCode});
const running = new AbortController().signal;

for (const [name, failures, stop, result, exitCode] of [
	['nothing failed', [], running, 'ok', 0],
	['one step failed', [failure(1)], running, 'failed', 1],
	['an unknown outcome', [failure(6)], running, 'unknown', 6],
	['a failure outweighs an unknown outcome', [failure(6), failure(1)], running, 'failed', 1],
	['a locked environment', [failure(4)], running, 'failed', 4],
	['a stop outweighs failures', [failure(1)], AbortSignal.abort('SIGINT'), 'interrupted', exitCodes.interrupt],
	['a hang-up', [], AbortSignal.abort('SIGHUP'), 'interrupted', exitCodes.hangup],
	['a termination', [], AbortSignal.abort('SIGTERM'), 'interrupted', exitCodes.terminate],
	['a lost lock is a failure, not a stop', [failure(4)], AbortSignal.abort(new ToolError('K2D4007', 'gone')), 'failed', 4],
] as const) {
	test(`outcome: ${name}`, t => {
		t.deepEqual(outcomeOf(failures, stop), {result, exitCode});
	});
}

test('a stop without a known signal counts as an interrupt', t => {
	t.is(interruptCode(AbortSignal.abort('anything')), 130);
});
