import test from 'ava';
import fc from 'fast-check';
import {decide, followsJob, type DecideInput} from '../../../scripts/pipeline/decide.js';
import type {Probe, StepRecord, Verdict} from '../../../scripts/pipeline/types.js';

const probe = (state: Probe['state']): Probe => ({state, evidence: 'port 5000 answers'});

const record = (status: StepRecord['status'], more: Partial<StepRecord> = {}): StepRecord =>
	({status, inputHash: 'now', startedAt: '2026-11-22T10:00:00.000Z', endedAt: '2026-11-22T10:05:00.000Z', bootId: 'boot', ...more});

const input = (more: Partial<DecideInput>): DecideInput => ({
	inputHash: 'now', probe: probe('present'), upstreamReran: false, bootMatches: true, volatile: false, rerun: 'in-place', undoable: true, namedByInputs: false, fresh: false, putsAside: false, ...more,
});

const done = record('done');
const changed = record('done', {inputHash: 'then'});
const adopted = record('done', {adopted: true});
const [absent, present, broken, unknown] = [probe('absent'), probe('present'), probe('broken'), probe('unknown')];
const running = record('running');
const job = (state: 'running' | 'ended' | 'failed' | 'lost'): DecideInput['lastJob'] => ({id: 'keystone.7', state, since: '2026-11-22T10:00:00.000Z', code: 2});

const table: ReadonlyArray<readonly [string, Partial<DecideInput>, Verdict, RegExp]> = [
	['no record, absent', {probe: absent}, 'RUN', /^not done yet: port/],
	['no record, present', {probe: present}, 'ADOPT', /^was there already: port/],
	['no record, broken', {probe: broken}, 'RUN', /^found incomplete: port/],
	['no record, unknown', {probe: unknown}, 'BLOCK', /cannot tell: port/],
	['no record, present, --fresh', {probe: present, fresh: true}, 'ADOPT', /was there already/],
	['no record, waits', {probe: absent, waitsFor: ['mariadb', 'rabbitmq']}, 'RUN', /runs after mariadb, rabbitmq/],
	['done, present', {record: done}, 'SKIP', /^in place and verified: port/],
	['done, absent', {record: done, probe: absent}, 'RERUN', /was done but is absent now: port/],
	['done, broken', {record: done, probe: broken}, 'RERUN', /was done but is broken now: port/],
	['done, unknown', {record: done, probe: unknown}, 'BLOCK', /cannot tell/],
	['done, waits', {record: done, probe: absent, waitsFor: ['mariadb']}, 'RERUN', /mariadb must be in place first/],
	['done, absent, volatile, same boot', {record: done, probe: absent, volatile: true}, 'RERUN', /was done but is absent/],
	['done, absent, volatile, rebooted', {record: done, probe: absent, volatile: true, bootMatches: false}, 'RERUN', /^lost by a reboot: port/],
	['done, absent, not volatile, rebooted', {record: done, probe: absent, bootMatches: false}, 'RERUN', /was done but is absent/],
	['done, present, volatile, rebooted', {record: done, volatile: true, bootMatches: false}, 'SKIP', /in place and verified/],
	['done, present, upstream ran', {record: done, upstreamReran: true}, 'SKIP', /in place and verified/],
	['done, absent, upstream ran', {record: done, probe: absent, upstreamReran: true}, 'RERUN', /stands on ran again: port/],
	['done, inputs changed', {record: changed}, 'RERUN', /inputs have changed since 2026-11-22T10:05/],
	['done, inputs changed, absent', {record: changed, probe: absent}, 'RERUN', /inputs have changed/],
	['done, inputs changed, result named by them', {record: changed, namedByInputs: true}, 'SKIP', /^in place and verified: port/],
	['done, inputs changed, result named by them, absent', {record: changed, namedByInputs: true, probe: absent}, 'RERUN', /inputs have changed/],
	['done, inputs changed, undo first', {record: changed, rerun: 'undo-first'}, 'UNDO+RUN', /inputs have changed/],
	['done, inputs changed, undo first but nothing to undo with', {record: changed, rerun: 'undo-first', undoable: false}, 'RERUN', /inputs have changed/],
	['done, inputs changed, undo first, adopted', {record: {...changed, adopted: true}, rerun: 'undo-first'}, 'RERUN', /inputs have changed/],
	['done, present, --fresh', {record: done, fresh: true}, 'RERUN', /because of --fresh/],
	['done, present, --fresh, undo first', {record: done, fresh: true, rerun: 'undo-first'}, 'RERUN', /because of --fresh/],
	['done, present, --fresh, undo always', {record: done, fresh: true, rerun: 'undo-always'}, 'UNDO+RUN', /^done again because of --fresh$/],
	['done, present, undo always', {record: done, rerun: 'undo-always'}, 'SKIP', /in place and verified/],
	['done, inputs changed, undo always', {record: changed, rerun: 'undo-always'}, 'UNDO+RUN', /inputs have changed/],
	['adopted, broken, --fresh, undo always', {record: adopted, probe: broken, fresh: true, rerun: 'undo-always'}, 'RERUN', /because of --fresh/],
	['no record, present, puts aside', {putsAside: true}, 'ADOPT', /was there already/],
	['no record, present, --fresh, puts aside', {fresh: true, putsAside: true}, 'RUN', /^done because of --fresh, after what somebody has made or changed is put aside: port/],
	['no record, unknown, --fresh, puts aside', {probe: unknown, fresh: true, putsAside: true}, 'RUN', /is put aside: port/],
	['no record, absent, --fresh, puts aside', {probe: absent, fresh: true, putsAside: true}, 'RUN', /^not done yet: port/],
	['done, present, --fresh, puts aside', {record: done, fresh: true, putsAside: true}, 'RERUN', /^done again because of --fresh, after .+ is put aside: port/],
	['done, absent, --fresh, puts aside', {record: done, probe: absent, fresh: true, putsAside: true}, 'RERUN', /^done again because of --fresh$/],
	['adopted, present, --fresh, puts aside', {record: adopted, fresh: true, putsAside: true}, 'RERUN', /is put aside: port/],
	['adopted, present, puts aside', {record: adopted, putsAside: true}, 'SKIP', /in place and verified/],
	['done, unknown, puts aside', {record: done, probe: unknown, putsAside: true}, 'BLOCK', /cannot tell/],
	['done, inputs changed, undo first, --fresh', {record: changed, fresh: true, rerun: 'undo-first'}, 'UNDO+RUN', /inputs have changed/],
	['adopted, present', {record: adopted}, 'SKIP', /in place and verified/],
	['adopted, present, --fresh', {record: adopted, fresh: true}, 'SKIP', /--fresh leaves it alone: port/],
	['adopted, absent, --fresh', {record: adopted, fresh: true, probe: absent}, 'RERUN', /because of --fresh/],
	['adopted, broken', {record: adopted, probe: broken}, 'RERUN', /is broken now/],
	['interrupted, present', {record: running}, 'RERUN', /was interrupted; the probe says present: port/],
	['interrupted, absent', {record: running, probe: absent}, 'RERUN', /was interrupted; the probe says absent: port/],
	['interrupted, unknown', {record: running, probe: unknown}, 'BLOCK', /cannot tell/],
	['interrupted, waits', {record: running, probe: absent, waitsFor: ['mariadb']}, 'RERUN', /was interrupted; runs after mariadb/],
	['interrupted, job runs', {record: running, probe: unknown, lastJob: job('running')}, 'RERUN', /its job keystone.7 still runs since 2026-11-22T10:00:00.000Z and is followed/],
	['interrupted, job runs, inputs changed', {record: record('running', {inputHash: 'then'}), probe: unknown, lastJob: job('running')}, 'RERUN', /inputs have changed, its job keystone.7 is ended first/],
	['interrupted, job runs, --fresh', {record: running, probe: unknown, lastJob: job('running'), fresh: true}, 'RERUN', /because of --fresh/],
	['interrupted, job ended well, present', {record: running, lastJob: job('ended')}, 'SKIP', /its job keystone.7 ended well and the result is verified: port/],
	['interrupted, job ended well, present before too', {record: record('running', {wasPresent: true}), lastJob: job('ended')}, 'RERUN', /was interrupted, its job keystone.7 has ended; the probe says present/],
	['interrupted, job ended well, inputs changed', {record: record('running', {inputHash: 'then'}), lastJob: job('ended')}, 'RERUN', /was interrupted/],
	['interrupted, inputs changed, undo first', {record: record('running', {inputHash: 'then'}), rerun: 'undo-first'}, 'UNDO+RUN', /inputs have changed/],
	['interrupted, job runs, inputs changed, undo first', {record: record('running', {inputHash: 'then'}), probe: unknown, lastJob: job('running'), rerun: 'undo-first'}, 'RERUN', /is ended first/],
	['interrupted, job ended well, absent', {record: running, probe: absent, lastJob: job('ended')}, 'RERUN', /keystone.7 has ended; the probe says absent/],
	['interrupted, job ended well, volatile, rebooted', {record: running, lastJob: job('ended'), volatile: true, bootMatches: false}, 'RERUN', /was interrupted/],
	['interrupted, job failed', {record: running, lastJob: job('failed')}, 'RERUN', /keystone.7 failed with code 2; the probe says present/],
	['interrupted, job lost', {record: running, lastJob: job('lost')}, 'RERUN', /the outcome of its job keystone.7 is not known; the probe says present/],
	['failed, absent', {record: record('failed', {code: 'K2D2001'}), probe: absent}, 'RERUN', /failed last time \(K2D2001\)/],
	['failed, present', {record: record('failed')}, 'RERUN', /failed last time$/],
	['failed, --fresh', {record: record('failed'), fresh: true}, 'RERUN', /because of --fresh/],
	['failed, inputs changed, undo first', {record: record('failed', {inputHash: 'then'}), rerun: 'undo-first'}, 'UNDO+RUN', /inputs have changed/],
	['failed, unknown', {record: record('failed'), probe: unknown}, 'BLOCK', /cannot tell/],
	['undoing', {record: record('undoing')}, 'UNDO+RUN', /taking it back was interrupted/],
	['undoing, absent', {record: record('undoing'), probe: absent}, 'UNDO+RUN', /taking it back was interrupted/],
	['undoing, unknown', {record: record('undoing'), probe: unknown}, 'BLOCK', /cannot tell/],
];

for (const [name, more, verdict, reason] of table) {
	test(`${name}: ${verdict}`, t => {
		const decision = decide(input(more));
		t.is(decision.verdict, verdict);
		t.regex(decision.reason, reason);
	});
}

const states = fc.constantFrom<Probe['state']>('absent', 'present', 'broken', 'unknown');
const hashes = fc.constantFrom('now', 'then');
const records: fc.Arbitrary<StepRecord | undefined> = fc.option(fc.record({
	status: fc.constantFrom<StepRecord['status']>('running', 'done', 'failed', 'undoing'),
	inputHash: hashes, startedAt: fc.constant('2026-11-22T10:00:00.000Z'), bootId: fc.constantFrom('boot', 'other'),
	adopted: fc.boolean(), wasPresent: fc.boolean(),
}), {nil: undefined});
const jobs: fc.Arbitrary<DecideInput['lastJob']> = fc.option(fc.record({id: fc.constant('a.1'), state: fc.constantFrom('running' as const, 'ended' as const, 'failed' as const, 'lost' as const)}), {nil: undefined});
const inputs: fc.Arbitrary<DecideInput> = fc.record({
	record: records, inputHash: hashes, probe: states.map(state => probe(state)), waitsFor: fc.constantFrom([], ['mariadb']), upstreamReran: fc.boolean(),
	bootMatches: fc.boolean(), volatile: fc.boolean(), rerun: fc.constantFrom('in-place' as const, 'undo-first' as const, 'undo-always' as const), undoable: fc.boolean(), namedByInputs: fc.boolean(), fresh: fc.boolean(), putsAside: fc.boolean(), lastJob: jobs,
});

test('every input has a verdict with a reason in one line', t => {
	t.notThrows(() => {
		fc.assert(fc.property(inputs, circumstances => {
			const {verdict, reason} = decide(circumstances);
			return ['RUN', 'RERUN', 'ADOPT', 'SKIP', 'UNDO+RUN', 'BLOCK'].includes(verdict) && reason.length > 10 && !reason.includes('\n') && !reason.includes('undefined');
		}), {numRuns: 2000});
	});
});

test('SKIP and ADOPT only for what the probe has seen', t => {
	t.notThrows(() => {
		fc.assert(fc.property(inputs, circumstances => {
			const {verdict} = decide(circumstances);
			return (verdict !== 'SKIP' && verdict !== 'ADOPT') || (circumstances.probe.state === 'present' && !circumstances.waitsFor?.length);
		}), {numRuns: 2000});
	});
});

test('ADOPT only without a record; what was adopted is never undone', t => {
	t.notThrows(() => {
		fc.assert(fc.property(inputs, circumstances => {
			const {verdict} = decide(circumstances);
			return (verdict !== 'ADOPT' || !circumstances.record) && (verdict !== 'UNDO+RUN' || !circumstances.record?.adopted);
		}), {numRuns: 2000});
	});
});

test('the same input gives the same decision', t => {
	fc.assert(fc.property(inputs, circumstances => {
		t.deepEqual(decide(circumstances), decide(circumstances));
	}), {numRuns: 200});
});

test('a live job is followed only when it does what is wanted now', t => {
	t.true(followsJob({record: running, inputHash: 'now', fresh: false}));
	t.false(followsJob({record: running, inputHash: 'new', fresh: false}));
	t.false(followsJob({record: running, inputHash: 'now', fresh: true}));
	t.false(followsJob({record: record('undoing'), inputHash: 'now', fresh: false}));
	t.false(followsJob({record: undefined, inputHash: 'now', fresh: false}));
});
