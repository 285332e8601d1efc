import {existsSync} from 'node:fs';
import test from 'ava';
import {commandStep, jobStep, toyStep} from '../../fixtures/toySteps.js';
import {notices, readState, readText, results, runsOf, toyDirectory, toyEngine} from './toyTool.js';

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
