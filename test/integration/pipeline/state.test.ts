import {readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {toySets, toyStep} from '../../fixtures/toySteps.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {emptyState} from '../../../scripts/pipeline/state.js';
import {createStateStore} from '../../../scripts/pipeline/stateStore.js';
import {editState, notices, readState, reasonOf, results, runsOf, toyDirectory, toyEngine} from './toyTool.js';

const {files} = toySets;

test('a truncated state is put aside and rebuilt from the journal: what is ours stays ours', async t => {
	const directory = await toyDirectory(t);
	writeFileSync(`${directory}/one`, 'theirs\n');
	await toyEngine(directory, files).up();
	const {lineage, serial} = readState(directory);
	truncateSync(`${directory}/env/state.json`, 200);

	const looking = toyEngine(directory, files);
	t.deepEqual((await looking.plan()).map(({verdict}) => verdict), ['SKIP', 'SKIP', 'SKIP']);
	t.is(notices(looking.events), 'The state file is damaged. It was rebuilt from the journal: 3 steps.');
	t.is(readFileSync(`${directory}/env/state.json`).length, 200);

	const engine = toyEngine(directory, files, {version: '2'});
	t.is((await engine.up()).exitCode, 0);
	t.regex(notices(engine.events), /rebuilt from the journal: 3 steps\.\nThe damaged state file is kept as .*state\.json\.broken-/);
	t.is(readdirSync(`${directory}/env`).filter(name => name.includes('.broken-')).length, 1);
	const after = readState(directory);
	t.is(after.lineage, lineage);
	t.true(after.serial > serial);
	await toyEngine(directory, files).down('everything');
	t.is(readFileSync(`${directory}/one`, 'utf8'), '2\n');
	t.is(runsOf(directory, 'two'), '1 2 undo');
});

test('a missing state is rebuilt as well', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	rmSync(`${directory}/env/state.json`);
	const engine = toyEngine(directory, files);
	await engine.up();
	t.is(results(engine.events), 'one:skipped two:skipped three:skipped');
	t.regex(notices(engine.events), /missing\. It was rebuilt/);
});

test('without a journal everything found counts as adopted, and that is said', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	writeFileSync(`${directory}/env/state.json`, '{');
	rmSync(`${directory}/env/journal.jsonl`);
	const engine = toyEngine(directory, files);
	t.is((await engine.up()).exitCode, 0);
	t.is(results(engine.events), 'one:adopted two:adopted three:adopted');
	t.regex(notices(engine.events), /there is no journal.*counts as adopted/);
});

test('a journal whose last line was cut off goes on in a new line', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	const journal = readFileSync(`${directory}/env/journal.jsonl`, 'utf8');
	writeFileSync(`${directory}/env/journal.jsonl`, journal.slice(0, -40));
	await toyEngine(directory, files, {version: '2'}).up();
	rmSync(`${directory}/env/state.json`);
	t.deepEqual((await toyEngine(directory, files, {version: '2'}).plan()).map(({verdict}) => verdict), ['SKIP', 'SKIP', 'SKIP']);
});

test('the state of another machine counts for nothing', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	const {serial, lineage} = readState(directory);
	editState(directory, state => ({...state, machineId: 'ffffffffffffffffffffffffffffffff'}));
	rmSync(`${directory}/two`);
	const engine = toyEngine(directory, files);
	t.is((await engine.up()).exitCode, 0);
	t.regex(notices(engine.events), /written on another machine \(f{32}, this is [\da-z]+\)/);
	t.is(results(engine.events), 'one:adopted two:done three:adopted');
	const after = readState(directory);
	t.not(after.lineage, lineage);
	t.true(after.serial > serial);
});

test('the state of a machine that has got its id since is its own', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	const {machineId} = readState(directory);
	editState(directory, state => ({...state, machineId: 'unknown'}));
	const engine = toyEngine(directory, files);
	t.is((await engine.up({fresh: true})).exitCode, 0);
	t.is(notices(engine.events), '');
	t.is(results(engine.events), 'one:done two:done three:done');
	t.is(readState(directory).machineId, machineId);
});

test('the state of a newer tool is refused and left as it is', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	editState(directory, state => ({...state, version: 2, toolVersion: '9.0.0'}));
	const before = readFileSync(`${directory}/env/state.json`, 'utf8');
	const outcome = await toyEngine(directory, files).up();
	t.deepEqual([outcome.result, outcome.exitCode, outcome.failures[0]!.code], ['failed', 3, 'K2D4004']);
	t.regex(outcome.failures[0]!.what, /version 9\.0\.0/);
	await t.throwsAsync(toyEngine(directory, files).plan(), {message: /layout 2/});
	t.is(readFileSync(`${directory}/env/state.json`, 'utf8'), before);
});

test('a reboot is told as the reason for what it lost', async t => {
	const directory = await toyDirectory(t);
	const steps = [toyStep('mount', {volatile: true}), toyStep('disk')];
	await toyEngine(directory, steps).up();
	editState(directory, state => ({...state, steps: Object.fromEntries(Object.entries(state.steps).map(([id, record]) => [id, {...record, bootId: 'earlier'}]))}));
	rmSync(`${directory}/mount`);
	const plan = await toyEngine(directory, steps).plan();
	t.is(plan[0]!.reason, 'lost by a reboot: there is no file mount');
	t.is(plan[1]!.verdict, 'SKIP');
	await toyEngine(directory, steps).up();
	editState(directory, state => ({...state, steps: Object.fromEntries(Object.entries(state.steps).map(([id, record]) => [id, {...record, bootId: 'earlier'}]))}));
	const engine = toyEngine(directory, steps);
	await engine.up();
	t.is(reasonOf(engine.events, 'mount'), 'in place and verified: file mount holds 1');
	t.not(readState(directory).steps.mount!.bootId, 'earlier');
});

test('a disk that cannot be written to fails the step and says so', async t => {
	const directory = await toyDirectory(t);
	await toyEngine(directory, files).up();
	const machine = createLocalMachine();
	await machine.run(['rm', '-rf', `${directory}/env/journal.jsonl`, `${directory}/two`]);
	await machine.run(['mkdir', `${directory}/env/journal.jsonl`]);
	const engine = toyEngine(directory, files);
	const outcome = await engine.up();
	t.deepEqual([outcome.exitCode, outcome.failures[0]!.code], [1, 'K2D4006']);
	t.is(runsOf(directory, 'two'), '1');
	await machine.close();
});

test('a state that somebody else has written meanwhile is not overwritten', async t => {
	const directory = await toyDirectory(t);
	const machine = createLocalMachine();
	const store = createStateStore(machine, directory, emptyState('m', '1'), '1');
	const record = {status: 'done', inputHash: 'h', startedAt: 'now', bootId: 'b'} as const;
	await store.put('a', record);
	const other = createStateStore(machine, directory, emptyState('m', '1', 7), '1');
	await other.put('b', record);
	await t.throwsAsync(store.put('c', record), {message: /changed by another run meanwhile/});
	t.regex(readFileSync(`${directory}/state.json`, 'utf8'), /"serial": 8,/);
	await machine.close();
});

test('changes that come together are written together, and a write costs little', async t => {
	const directory = await toyDirectory(t);
	const machine = createLocalMachine();
	const store = createStateStore(machine, directory, emptyState('m', '1'), '1');
	const record = {status: 'done', inputHash: 'h', startedAt: 'now', bootId: 'b', inputs: {text: 'x'.repeat(2000)}} as const;
	await Promise.all(Array.from({length: 20}, async (_, index) => store.put(`s${index}`, record)));
	t.is(Object.keys((JSON.parse(readFileSync(`${directory}/state.json`, 'utf8')) as {steps: object}).steps).length, 20);
	t.is(readFileSync(`${directory}/journal.jsonl`, 'utf8').trim().split('\n').length, 20);
	const times: number[] = [];
	for (let round = 0; round < 15; round++) {
		const began = performance.now();
		await store.put('s0', record);
		times.push(performance.now() - began);
	}

	const median = times.toSorted((a, b) => a - b)[7]!;
	t.log(`a write takes ${median.toFixed(1)} ms (median of 15)`);
	t.true(median < 300);
	await machine.close();
});
