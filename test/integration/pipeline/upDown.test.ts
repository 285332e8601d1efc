import {existsSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {Step} from '../../../scripts/pipeline/types.js';
import {commandStep, jobStep, toySets, toyStep, type Toy} from '../../fixtures/toySteps.js';
import {notices, readState, readText, reasonOf, results, runsOf, said, toyDirectory, toyEngine} from './toyTool.js';

const {files} = toySets;

test('up builds in order, a second up finds everything in place, down takes it back', async t => {
	const directory = await toyDirectory(t);
	const first = toyEngine(directory, files);
	const outcome = await first.up();
	t.deepEqual([outcome.result, outcome.exitCode, outcome.failures.length], ['ok', 0, 0]);
	t.is(results(first.events), 'one:done two:done three:done');
	t.deepEqual(Object.values(readState(directory).steps).map(({status}) => status), ['done', 'done', 'done']);
	t.is(statSync(`${directory}/env/state.json`).mode & 0o777, 0o600);
	t.is(statSync(`${directory}/env/journal.jsonl`).mode & 0o777, 0o600);

	const second = toyEngine(directory, files);
	t.is((await second.up()).exitCode, 0);
	t.is(results(second.events), 'one:skipped two:skipped three:skipped');
	t.is(reasonOf(second.events, 'two'), 'in place and verified: file two holds 1');
	t.is(runsOf(directory, 'two'), '1');

	const third = toyEngine(directory, files);
	t.is((await third.down('services')).exitCode, 0);
	t.is(results(third.events), 'three:undone two:undone one:undone');
	t.false(existsSync(`${directory}/one`));
	t.deepEqual(readState(directory).steps, {});
});

test('what was there before is adopted, stays adopted, and is never removed', async t => {
	const directory = await toyDirectory(t);
	writeFileSync(`${directory}/one`, 'theirs\n');
	const first = toyEngine(directory, files);
	await first.up();
	t.is(results(first.events), 'one:adopted two:done three:done');
	t.is(runsOf(directory, 'one'), '');
	const fresh = toyEngine(directory, files);
	await fresh.up({fresh: true});
	t.is(results(fresh.events), 'one:skipped two:done three:done');
	t.true(readState(directory).steps.one!.adopted);
	const last = toyEngine(directory, files);
	await last.down('everything');
	t.is(results(last.events), 'three:undone two:undone one:skipped');
	t.is(readText(directory, 'one'), 'theirs');
});

test('drift is found by looking and mended; what stands on it is looked at again', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	rmSync(`${directory}/one`);
	const engine = toyEngine(directory, files);
	const plan = await engine.plan();
	t.deepEqual(plan.map(({verdict}) => verdict), ['RERUN', 'SKIP', 'SKIP']);
	t.is(plan[0]!.reason, 'was done but is absent now: there is no file one');
	await engine.up();
	t.is(results(engine.events), 'one:done two:skipped three:skipped');
});

test('changed inputs run again in place, or are undone first where the step says so', async t => {
	const directory = await toyDirectory(t);
	const steps = [toyStep('plain'), toyStep('rebuilt', {rerun: 'undo-first'})];
	await toyEngine(directory, steps).up();
	const engine = toyEngine(directory, steps, {version: '2'});
	const plan = await engine.plan();
	t.deepEqual(plan.map(({id, verdict}) => `${id} ${verdict}`), ['plain RERUN', 'rebuilt UNDO+RUN']);
	t.deepEqual(plan[0]!.previousInputs, {version: '1'});
	await engine.up();
	t.is(runsOf(directory, 'plain'), '1 2');
	t.is(runsOf(directory, 'rebuilt'), '1 undo 2');
});

test('a result that bears the name of its inputs is used as it is, and the record is of them then', async t => {
	const directory = await toyDirectory(t);
	const probe: Step<Toy>['probe'] = async ({env: {version}}) => existsSync(`${directory}/result-${version}`)
		? {state: 'present', evidence: `result-${version} is there`}
		: {state: 'absent', evidence: `result-${version} is not there`};
	const steps = [commandStep('result', 'echo run >> result.runs; touch result-1 result-2', {probe, namedByInputs: true})];
	await toyEngine(directory, steps).up();
	const other = toyEngine(directory, steps, {version: '2'});
	t.is((await other.up()).exitCode, 0);
	t.is(results(other.events), 'result:skipped');
	t.deepEqual(readState(directory).steps.result!.inputs, {version: '2'});
	rmSync(`${directory}/result-1`);
	t.deepEqual((await toyEngine(directory, steps).plan()).map(({verdict}) => verdict), ['RERUN']);
	t.is(runsOf(directory, 'result'), 'run');
});

test('what runs on a step that is made anew is stopped before and started after', async t => {
	const directory = await toyDirectory(t);
	const undo: Step<Toy>['undo'] = {
		depth: 'services',
		async undo({env}) {
			await env.machine.script(`cd '${directory}'; echo "down on $(cat disk)" >> order; rm machine`);
		},
	};
	const inputs = (): string => 'same';
	const disk = toyStep('disk', {rerun: 'undo-first'});
	const steps = [
		{...disk, undo: {...disk.undo, depth: 'sources' as const}}, toyStep('link', {inputs}),
		commandStep('machine', 'echo "up on $(cat disk)" >> order; touch machine', {needs: ['disk', 'link'], inputs, undo}), toyStep('service', {needs: ['machine'], inputs}),
	];
	await toyEngine(directory, steps).up();
	const engine = toyEngine(directory, steps, {version: '2'});
	t.is((await engine.up()).exitCode, 0);
	t.is(results(engine.events), 'service:undone machine:undone link:skipped disk:done machine:done service:done');
	t.is(readText(directory, 'order'), 'up on 1\ndown on 1\nup on 2');
});

test('--fresh does everything again, in place', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	await toyEngine(directory, files).up({fresh: true, selection: {only: ['two']}});
	t.is(runsOf(directory, 'two'), '1 1');
	t.is(runsOf(directory, 'one'), '1');
});

test('--fresh first puts aside what somebody has made, and then it is this tool\'s', async t => {
	const directory = await toyDirectory(t);
	const steps = [toyStep('one', {
		async putAside({env}) {
			await env.machine.script(`cd ${env.directory}; [ ! -e one ] || mv one one.aside`);
		},
	})];
	await toyEngine(directory, [toyStep('one')]).up();
	rmSync(`${directory}/env`, {recursive: true});
	const plain = toyEngine(directory, steps);
	await plain.up();
	t.is(results(plain.events), 'one:adopted');
	const fresh = toyEngine(directory, steps, {version: '2'});
	await fresh.up({fresh: true});
	t.is(results(fresh.events), 'one:done');
	t.deepEqual([readText(directory, 'one.aside'), readText(directory, 'one')], ['1', '2']);
	const down = toyEngine(directory, steps, {version: '2'});
	await down.down('everything');
	t.is(results(down.events), 'one:undone');
});

test('independent steps run side by side', async t => {
	const directory = await toyDirectory(t);
	// Each waits for the other's file: one after the other they would never end.
	const meet = (id: string, other: string): string => `touch ${id}.here; n=0; while [ ! -e ${other}.here ]; do sleep 0.05; n=$((n+1)); [ $n -lt 100 ]; done; echo met > ${id}`;
	const engine = toyEngine(directory, [jobStep('left', meet('left', 'right')), commandStep('right', meet('right', 'left'))]);
	t.is((await engine.up()).exitCode, 0);
});

test('job files are gone when the step starts anew', async t => {
	const directory = await toyDirectory(t);
	const steps = [jobStep('made', 'echo hello; echo 1 > made')];
	await toyEngine(directory, steps).up();
	const before = readdirSync(`${directory}/env/jobs`);
	const engine = toyEngine(directory, steps);
	await engine.up({fresh: true});
	const after = readdirSync(`${directory}/env/jobs`);
	t.true(before.length > 0);
	t.deepEqual(after.filter(name => before.includes(name)), []);
	t.true(engine.events.some(event => event.type === 'step-output' && event.line === 'hello'));
	t.is(said(engine.events, 'made'), '');
	t.is(notices(engine.events), '');
});

test('nothing is done when nobody confirms', async t => {
	const directory = await toyDirectory(t);
	const engine = toyEngine(directory, files);
	const outcome = await engine.up({confirm: async () => false});
	t.is(outcome.exitCode, 130);
	t.false(existsSync(`${directory}/one`));
});

test('plan changes nothing, not even the directory of the environment', async t => {
	const directory = await toyDirectory(t);
	const plan = await toyEngine(directory, files).plan();
	t.deepEqual(plan.map(({verdict}) => verdict), ['RUN', 'RUN', 'RUN']);
	t.deepEqual(readdirSync(directory), []);
});

test('an unknown step in a selection ends with a usage error before anything is done', async t => {
	const directory = await toyDirectory(t);
	const outcome = await toyEngine(directory, files).up({selection: {only: ['tow']}});
	t.deepEqual([outcome.exitCode, outcome.failures[0]!.code], [2, 'K2D1006']);
	t.regex(outcome.failures[0]!.what, /Did you mean "two"/);
	t.false(existsSync(`${directory}/one`));
});
