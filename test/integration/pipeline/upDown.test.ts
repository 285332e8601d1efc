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

test('released alone: what the step stands on stays, and so does what is adopted or was never made', async t => {
	const directory = await toyDirectory(t);
	const released = (id: string, needs: readonly string[]): Step<Toy> => toyStep(id, {
		needs,
		undo: {
			nothingLeft: 'it goes with root',
			async release({env}) {
				await env.machine.script(`cd '${directory}'; rm ${id}; echo ${id} >> released`);
			},
		},
	});
	writeFileSync(`${directory}/theirs`, 'theirs\n');
	const steps = [toyStep('root'), released('base', ['root']), released('top', ['base']), released('theirs', ['root']), released('beside', ['root'])];
	await toyEngine(directory, steps).up({selection: {without: ['beside']}});
	const engine = toyEngine(directory, steps);
	t.is((await engine.release(['base', 'top', 'theirs', 'beside'])).exitCode, 0);
	t.is(results(engine.events), 'theirs:skipped top:undone base:undone');
	t.is(readText(directory, 'released'), 'top\nbase');
	t.deepEqual(Object.keys(readState(directory).steps).toSorted(), ['root', 'theirs']);
	const next = toyEngine(directory, steps);
	await next.up();
	t.is(results(next.events).split(' ').toSorted().join(' '), 'base:done beside:done root:skipped theirs:skipped top:done');
	t.is((await toyEngine(directory, steps).down('services')).exitCode, 0);
	t.is(readText(directory, 'released'), 'top\nbase', 'down itself leaves it to what the step stands on');
});

test('down of nothing is fine, and down everything leaves no state', async t => {
	const directory = await toyDirectory(t);
	t.is((await toyEngine(directory, files).down('everything')).exitCode, 0);
	await toyEngine(directory, files).up();
	t.is((await toyEngine(directory, files).down('everything')).exitCode, 0);
	t.deepEqual(readdirSync(directory).filter(name => !name.endsWith('.runs')), []);
	t.is((await toyEngine(directory, files).down('everything')).exitCode, 0);
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

test('independent steps run side by side', async t => {
	const directory = await toyDirectory(t);
	// Each waits for the other's file: one after the other they would never end.
	const meet = (id: string, other: string): string => `touch ${id}.here; n=0; while [ ! -e ${other}.here ]; do sleep 0.05; n=$((n+1)); [ $n -lt 100 ]; done; echo met > ${id}`;
	const engine = toyEngine(directory, [jobStep('left', meet('left', 'right')), commandStep('right', meet('right', 'left'))]);
	t.is((await engine.up()).exitCode, 0);
});

test('a failure stops what stands on it, the others go on, and all failures are told', async t => {
	const directory = await toyDirectory(t);
	const steps = [
		commandStep('bad', 'echo first; echo the disk is on fire >&2; exit 3'), toyStep('above', {needs: ['bad']}),
		jobStep('worse', 'echo this job is bad; exit 4'), toyStep('good'), toyStep('better', {needs: ['good']}),
	];
	const engine = toyEngine(directory, steps, {logOf: id => `/logs/${id}.log`});
	const outcome = await engine.up();
	t.is(outcome.exitCode, 1);
	t.deepEqual(results(engine.events).split(' ').toSorted((a, b) => a.localeCompare(b)), ['bad:failed', 'better:done', 'good:done', 'worse:failed']);
	t.deepEqual(outcome.failures.map(({code}) => code), ['K2D2001', 'K2D2001']);
	const bad = outcome.failures.find(({log}) => log === '/logs/bad.log')!;
	t.true(bad.lastLines.includes('the disk is on fire'));
	const worse = outcome.failures.find(({log}) => log === '/logs/worse.log')!;
	t.deepEqual(worse.lastLines, ['this job is bad']);
	t.regex(worse.what, /exit code 4/);
	const {steps: records} = readState(directory);
	t.deepEqual([records.bad!.status, records.bad!.code, records.worse!.status, records.good!.status], ['failed', 'K2D2001', 'failed', 'done']);
	t.false('above' in records);
	t.is(notices(engine.events), 'Not started, because they stand on a step that failed: above.');
	t.is(engine.events.at(-1)!.type, 'run-end');
	t.like(engine.events.at(-1), {resume: 'toy up', exitCode: 1});
});

test('a step that says done without being there has failed', async t => {
	const directory = await toyDirectory(t);
	const engine = toyEngine(directory, [commandStep('liar', 'echo all fine')]);
	const outcome = await engine.up();
	t.is(outcome.exitCode, 1);
	t.is(outcome.failures[0]!.code, 'K2D2008');
	t.is(outcome.failures[0]!.what, 'toy liar ended without error, but is absent: there is no file liar');
	t.is(readState(directory).steps.liar!.status, 'failed');
});

test('a step whose end cannot be seen is not recorded as anything', async t => {
	const directory = await toyDirectory(t);
	const steps = [commandStep('fog', 'touch acted; echo 1 > fog', {
		probe: async () => existsSync(`${directory}/acted`) ? {state: 'unknown', evidence: 'the fog is thick'} : {state: 'absent', evidence: 'nothing'},
	})];
	const outcome = await toyEngine(directory, steps).up();
	t.deepEqual([outcome.result, outcome.exitCode, outcome.failures[0]!.code], ['unknown', 6, 'K2D2007']);
	t.is(readState(directory).steps.fog!.status, 'running');

	const blocked = await toyEngine(directory, steps).up();
	t.deepEqual([blocked.result, blocked.exitCode, blocked.failures[0]!.code], ['unknown', 6, 'K2D2010']);
	t.regex(blocked.failures[0]!.what, /the fog is thick/);
});

test('a probe that fails blocks the step with the cause', async t => {
	const directory = await toyDirectory(t);
	const engine = toyEngine(directory, [toyStep('one', {
		async probe() {
			throw new Error('no route');
		},
	})]);
	t.is((await engine.up()).exitCode, 6);
	t.is(runsOf(directory, 'one'), '');
});

test('retries come with growing delays and end well', async t => {
	const directory = await toyDirectory(t);
	const flaky = commandStep('flaky', 'echo x >> tries; [ $(wc -l < tries) -ge 3 ]; echo 1 > flaky', {retry: {attempts: 3, delay: 0.05}});
	const engine = toyEngine(directory, [flaky]);
	t.is((await engine.up()).exitCode, 0);
	const retries = engine.events.flatMap(event => (event.type === 'step-retry' ? [[event.attempt, event.of, event.delay]] : []));
	t.deepEqual(retries, [[2, 3, 0.05], [3, 3, 0.1]]);
});

test('retries come to an end', async t => {
	const directory = await toyDirectory(t);
	const engine = toyEngine(directory, [jobStep('never', 'echo x >> tries; exit 1', {retry: {attempts: 3, delay: 0.01}})]);
	t.is((await engine.up()).exitCode, 1);
	t.is(readText(directory, 'tries').split('\n').length, 3);
});

test('without retry a step is tried once', async t => {
	const directory = await toyDirectory(t);
	t.is((await toyEngine(directory, [commandStep('once', 'echo x >> tries; exit 1')]).up()).exitCode, 1);
	t.is(readText(directory, 'tries'), 'x');
});

test('a failing undo keeps what the step stands on; the others go; the next down tries again', async t => {
	const directory = await toyDirectory(t);
	const stuck = toyStep('stuck', {
		needs: ['base'],
		undo: {
			depth: 'services',
			async undo({env}) {
				await env.machine.script(`[ ! -e ${directory}/glue ] || { echo it sticks >&2; exit 1; }\nrm ${directory}/stuck`);
			},
		},
	});
	const steps = [toyStep('base'), stuck, toyStep('free')];
	await toyEngine(directory, steps).up();
	writeFileSync(`${directory}/glue`, '');
	const engine = toyEngine(directory, steps);
	const outcome = await engine.down('everything');
	t.is(outcome.exitCode, 1);
	t.is(outcome.failures[0]!.code, 'K2D2009');
	t.true(existsSync(`${directory}/base`));
	t.false(existsSync(`${directory}/free`));
	t.deepEqual(Object.entries(readState(directory).steps).map(([id, {status}]) => `${id} ${status}`), ['base done', 'stuck undoing']);
	rmSync(`${directory}/glue`);
	t.is((await toyEngine(directory, steps).down('everything')).exitCode, 0);
	t.false(existsSync(`${directory}/base`));
});

test('an undo that leaves its thing in place has failed', async t => {
	const directory = await toyDirectory(t);
	const steps = [toyStep('sticky', {undo: {depth: 'services', undo: async () => undefined}})];
	await toyEngine(directory, steps).up();
	const outcome = await toyEngine(directory, steps).down('services');
	t.is(outcome.failures[0]!.code, 'K2D2009');
	t.regex(outcome.failures[0]!.what, /still there: file sticky/);
	t.is(readState(directory).steps.sticky!.status, 'undoing');
});

test('depth decides what goes; a step that leaves nothing is forgotten with what it lived in', async t => {
	const directory = await toyDirectory(t);
	const undo = (depth: 'services' | 'sources' | 'everything', id: string): Parameters<typeof toyStep>[1] => ({
		undo: {
			depth,
			async undo({env}) {
				await env.machine.run(['rm', '-f', `${env.directory}/${id}`]);
			},
		},
	});
	const steps = [
		toyStep('cache', undo('everything', 'cache')),
		toyStep('root', {needs: ['cache'], ...undo('sources', 'root')}),
		toyStep('boot', {needs: ['root'], ...undo('services', 'boot')}),
		toyStep('inside', {needs: ['boot'], undo: {nothingLeft: 'it lives in the root'}}),
	];
	await toyEngine(directory, steps).up();
	await toyEngine(directory, steps).down('services');
	t.deepEqual(Object.keys(readState(directory).steps), ['cache', 'root', 'inside']);
	await toyEngine(directory, steps).up();
	await toyEngine(directory, steps).down('sources');
	t.deepEqual(Object.keys(readState(directory).steps), ['cache']);
	t.true(existsSync(`${directory}/cache`));
});

test('steps that are no longer part of the configuration are named by down, and their record is kept', async t => {
	const directory = await toyDirectory(t);
	const root = toyStep('root', {
		undo: {
			depth: 'sources',
			async undo({env}) {
				await env.machine.run(['rm', '-f', `${env.directory}/root`]);
			},
		},
	});
	const inside = toyStep('inside', {needs: ['root'], undo: {nothingLeft: 'it lives in the root'}});
	await toyEngine(directory, [root, inside, toyStep('outside')]).up();
	const engine = toyEngine(directory, [root]);
	t.is((await engine.down('everything')).exitCode, 0);
	t.regex(notices(engine.events), /not part of this configuration and so left alone: outside\./);
	t.deepEqual(Object.keys(readState(directory).steps), ['outside']);
	t.is((await toyEngine(directory, [root, toyStep('outside')]).down('everything')).exitCode, 0);
	t.false(existsSync(`${directory}/env`));
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
