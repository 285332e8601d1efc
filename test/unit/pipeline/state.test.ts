import test from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {hashInputs} from '../../../scripts/pipeline/hash.js';
import {emptyState, parseState, rebuildState, renderEntry, renderState, type JournalEntry, type State} from '../../../scripts/pipeline/state.js';
import type {StepRecord} from '../../../scripts/pipeline/types.js';

const record = (status: StepRecord['status'], more: Partial<StepRecord> = {}): StepRecord =>
	({status, inputHash: 'abc', startedAt: '2026-11-22T10:00:00.000Z', bootId: 'boot', ...more});

const state: State = {...emptyState('machine', '0.1.0', 4), steps: {keystone: record('done', {endedAt: '2026-11-22T10:01:00.000Z', inputs: {a: 1}, jobs: [{id: 'keystone.3', machine: 'local'}]})}};

const entry = (step: string, value: StepRecord | null, serial: number, lineage = 'line'): JournalEntry =>
	({at: '2026-11-22T10:00:00.000Z', lineage, serial, machineId: 'machine', step, record: value});

test('a state is read as it was written', t => {
	t.deepEqual(parseState(renderState(state)), state);
});

test('the serial stands on a line of its own', t => {
	t.regex(renderState(state), /^\t"serial": 4,$/m);
});

const whole = renderState(state);
for (const [name, text] of [
	['nothing', ''],
	['cut off', whole.slice(0, whole.length / 2)],
	['cut off by one character', whole.slice(0, -3)],
	['another kind of JSON', '[1, 2]'],
	['no steps', JSON.stringify({...state, steps: undefined})],
	['a record without a hash', JSON.stringify({...state, steps: {a: {...record('done'), inputHash: 1}}})],
	['an unknown status', JSON.stringify({...state, steps: {a: {...record('done'), status: 'fine'}}})],
	['zeros, as after a crash of the machine', '\0'.repeat(200)],
] as const) {
	test(`damaged: ${name}`, t => {
		t.is(parseState(text), undefined);
	});
}

test('the state of a newer tool is refused by name', t => {
	const error = t.throws(() => parseState(JSON.stringify({version: 2, toolVersion: '3.1.0', anything: true})), {instanceOf: ToolError});
	t.is(error.code, 'K2D4004');
	t.regex(error.message, /layout 2, written by a tool of version 3\.1\.0/);
});

test('the journal gives the last record of each step and leaves out what was removed', t => {
	const journal = [
		entry('a', record('running'), 1), entry('a', record('done'), 2), entry('b', record('running'), 3), entry('c', record('done'), 4), entry('c', null, 5),
	].map(item => renderEntry(item)).join('\n');
	const rebuilt = rebuildState(`${journal}\n`, '0.1.0')!;
	t.deepEqual(rebuilt.steps, {a: record('done'), b: record('running')});
	t.is(rebuilt.serial, 5);
	t.is(rebuilt.lineage, 'line');
});

test('lines that were cut off, and older lineages, are passed over', t => {
	const torn = renderEntry(entry('b', record('done'), 3));
	const journal = [
		renderEntry(entry('old', record('done'), 90, 'before')), renderEntry(entry('a', record('done'), 2)), torn.slice(0, 60), '', 'not json', torn,
	].join('\n');
	const rebuilt = rebuildState(journal, '0.1.0')!;
	t.deepEqual(Object.keys(rebuilt.steps), ['a', 'b']);
	t.is(rebuilt.serial, 3);
});

test('an empty journal gives nothing', t => {
	t.is(rebuildState('', '0.1.0'), undefined);
	t.is(rebuildState('garbage\n', '0.1.0'), undefined);
});

test('inputs stay out of the journal', t => {
	t.false(renderEntry(entry('a', record('done', {inputs: {token: 1}}), 1)).includes('token'));
});

test('the hash does not depend on the order of keys, but on everything else', t => {
	const hash = hashInputs({a: 1, b: {c: [1, 2], d: undefined}});
	t.is(hash, hashInputs({b: {c: [1, 2]}, a: 1}));
	t.not(hash, hashInputs({b: {c: [2, 1]}, a: 1}));
	t.not(hash, hashInputs({a: '1', b: {c: [1, 2]}}));
	t.is(hashInputs(undefined), hashInputs(null));
});
