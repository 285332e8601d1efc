import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {order, type Selection} from '../../../scripts/pipeline/graph.js';
import {hashInputs} from '../../../scripts/pipeline/hash.js';
import {makePlan, type PlanInput} from '../../../scripts/pipeline/plan.js';
import type {Plan, Probe, Step, StepRecord} from '../../../scripts/pipeline/types.js';

type Env = {readonly version: string};

const step = (id: string, needs: readonly string[] = [], more: Partial<Step<Env>> = {}): Step<Env> => ({
	id, needs, stage: 'control-plane', title: id,
	inputs: ({version}) => ({id, version}),
	probe: async () => ({state: 'unknown', evidence: 'not asked'}),
	apply: async () => undefined,
	undo: {depth: 'sources', undo: async () => undefined},
	timeout: 10, idleTimeout: 10, expected: 1,
	...more,
});

const steps = [step('root'), step('keystone', ['root']), step('glance', ['keystone']), step('nova', ['keystone'])];

const done = (id: string, more: Partial<StepRecord> = {}): StepRecord => ({
	status: 'done', inputHash: hashInputs({id, version: '1'}), inputs: {id, version: '1'}, startedAt: '2026-11-22T10:00:00.000Z', bootId: 'boot', ...more,
});

type Found = Readonly<Record<string, Probe['state']>>;

const plan = async (found: Found, records: Readonly<Record<string, StepRecord>> = {}, more: Partial<PlanInput<Env>> = {}): Promise<{plan: Plan; looked: string[]}> => {
	const looked: string[] = [];
	const made = await makePlan<Env>({
		steps: order(steps), env: {version: '1'}, selection: {}, fresh: false, bootId: 'boot',
		recordOf: id => records[id],
		async look({id}) {
			looked.push(id);
			await sleep(1);
			return {state: found[id] ?? 'absent', evidence: `saw ${id}`};
		},
		lastJobOf: async () => undefined,
		...more,
	});
	return {plan: made, looked};
};

const verdicts = (made: Plan): string => made.map(({id, verdict}) => `${id}:${verdict}`).join(' ');

test('on an empty machine only the first step can be looked at; the others wait', async t => {
	const {plan: made, looked} = await plan({});
	t.is(verdicts(made), 'root:RUN keystone:RUN glance:RUN nova:RUN');
	t.deepEqual(looked, ['root']);
	t.is(made[1]!.reason, 'not done yet, runs after root');
	t.deepEqual(made[1]!.probe, {state: 'absent', evidence: 'waits for root'});
});

test('what is in place is looked at and skipped', async t => {
	const all: Found = {root: 'present', keystone: 'present', glance: 'present', nova: 'present'};
	const records = Object.fromEntries(Object.keys(all).map(id => [id, done(id)]));
	const {plan: made, looked} = await plan(all, records);
	t.is(verdicts(made), 'root:SKIP keystone:SKIP glance:SKIP nova:SKIP');
	t.is(looked.length, 4);
});

test('what was done and stands does not wait for what is broken below it; what does not stand waits', async t => {
	const all: Found = {root: 'broken', keystone: 'present', glance: 'present', nova: 'absent'};
	const records = Object.fromEntries(Object.keys(all).map(id => [id, done(id)]));
	t.is(verdicts((await plan(all, records)).plan), 'root:RERUN keystone:SKIP glance:SKIP nova:RERUN');
	const {plan: made} = await plan({root: 'absent', keystone: 'unknown', glance: 'unknown'}, records);
	t.is(verdicts(made), 'root:RERUN keystone:RERUN glance:RERUN nova:RERUN');
	t.is(made[1]!.reason, 'was done, but root must be in place first');
});

test('what stands on something broken is given less time to answer', async t => {
	const given = new Map<string, number>();
	await plan({}, Object.fromEntries(steps.map(({id}) => [id, done(id)])), {
		async look({id}, timeout) {
			given.set(id, timeout);
			return {state: id === 'root' ? 'present' : 'broken', evidence: ''};
		},
	});
	t.deepEqual([...given.keys()].toSorted(), ['glance', 'keystone', 'nova', 'root']);
	t.is(given.get('root'), given.get('keystone'));
	t.is(given.get('glance'), given.get('nova'));
	t.true(given.get('glance')! < given.get('keystone')! / 2);
});

test('a changed input is explained by what it was', async t => {
	const {plan: made} = await plan({root: 'present', keystone: 'present', glance: 'present', nova: 'present'}, {
		root: done('root'), keystone: done('keystone', {inputHash: 'other', inputs: {id: 'keystone', version: '0'}}),
	});
	t.is(verdicts(made), 'root:SKIP keystone:RERUN glance:ADOPT nova:ADOPT');
	t.deepEqual(made[1]!.previousInputs, {id: 'keystone', version: '0'});
	t.deepEqual(made[1]!.inputs, {id: 'keystone', version: '1'});
	t.false('previousInputs' in made[0]!);
});

test('what a blocked step carries waits for it', async t => {
	const {plan: made} = await plan({root: 'unknown'});
	t.is(verdicts(made), 'root:BLOCK keystone:RUN glance:RUN nova:RUN');
});

test('a live job of an interrupted step is not disturbed by a probe', async t => {
	const {plan: made, looked} = await plan({}, {root: done('root', {status: 'running'})}, {lastJobOf: async () => ({id: 'root.3', state: 'running'})});
	t.is(made[0]!.verdict, 'RERUN');
	t.regex(made[0]!.reason, /root\.3 still runs/);
	t.deepEqual(looked, []);
});

test('--only needs what it stands on to be in place', async t => {
	const error = await t.throwsAsync(plan({root: 'present', keystone: 'absent'}, {}, {selection: {only: ['glance', 'nova']}}), {instanceOf: ToolError});
	t.is(error.code, 'K2D1017');
	t.is(error.message, 'glance and nova need keystone, which is left out and not in place: saw keystone.');
	t.is(error.details.remedy, 'Add --with keystone, or leave glance and nova out as well.');
});

test('--only plans just that when what it stands on is in place', async t => {
	const {plan: made, looked} = await plan({keystone: 'present'}, {}, {selection: {only: ['glance']}});
	t.is(verdicts(made), 'glance:RUN');
	t.deepEqual(looked, ['keystone', 'glance']);
});

const widths: ReadonlyArray<readonly [Selection, number]> = [[{}, 20], [{only: ['s3', 's4']}, 2]];
for (const [selection, count] of widths) {
	test(`${count} probes run side by side, six at most`, async t => {
		let now = 0;
		let most = 0;
		const many = Array.from({length: 20}, (_, index) => step(`s${index}`));
		const made = await makePlan<Env>({
			steps: many, env: {version: '1'}, selection, fresh: false, bootId: 'boot', recordOf: () => undefined, lastJobOf: async () => undefined,
			async look() {
				most = Math.max(most, ++now);
				await sleep(2);
				now--;
				return {state: 'absent', evidence: ''};
			},
		});
		t.is(made.length, count);
		t.is(most, Math.min(6, count));
	});
}
