import {existsSync, writeFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {toySets} from '../../fixtures/toySteps.js';
import {fileAppears, killJob, notices, readState, readText, reasonOf, results, runsOf, said, startTool, toyDirectory, toyEngine, until} from './toyTool.js';

const {job, ending, command, files} = toySets;

/** An `up` that was killed while the job of `slow` ran; the job waits for the file `go`. */
const killedInJob = async (t: ExecutionContext): Promise<string> => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'job');
	await fileAppears(directory, 'begun');
	tool.child.kill('SIGKILL');
	await tool.ended;
	return directory;
};

test('killed while a job runs: the job goes on, the next up attaches, waits and counts it', async t => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'job');
	await fileAppears(directory, 'begun');
	tool.child.kill('SIGKILL');
	t.is(await tool.ended, 'SIGKILL');
	t.is(readState(directory).steps.slow!.status, 'running');

	const next = toyEngine(directory, job);
	const plan = await next.plan();
	t.regex(plan[1]!.reason, /was interrupted, its job slow\.\d+ still runs since .* and is followed to its end first/);
	const running = next.up();
	await until(() => said(next.events, 'slow').includes('re-attached to slow.'));
	t.regex(notices(next.events), /The lock of a run that died was taken over: up by .*, process \d+/);
	t.is(runsOf(directory, 'slow'), 'run');
	writeFileSync(`${directory}/go`, '');
	t.is((await running).exitCode, 0);
	t.is(results(next.events), 'one:skipped slow:skipped after:done');
	t.regex(reasonOf(next.events, 'slow'), /its job slow\.\d+ ended well and the result is verified: file slow holds done/);
	t.deepEqual(next.events.flatMap(event => (event.type === 'step-output' ? [event.line] : [])), ['begun', 'ready']);
	t.is(runsOf(directory, 'slow'), 'run');
	t.is(readState(directory).steps.slow!.status, 'done');
});

test('killed while a job runs, which ends before the next up: its result counts', async t => {
	const directory = await killedInJob(t);
	writeFileSync(`${directory}/go`, '');
	await fileAppears(directory, 'slow');
	await until(() => readText(directory, 'slow') === 'done');
	const next = toyEngine(directory, job);
	t.is((await next.up()).exitCode, 0);
	t.is(runsOf(directory, 'slow'), 'run');
});

test('killed, and the job killed too: the outcome is unknown and the step runs again', async t => {
	const directory = await killedInJob(t);
	await killJob(directory);
	writeFileSync(`${directory}/go`, '');
	const next = toyEngine(directory, job);
	t.is((await next.up()).exitCode, 0);
	t.is(results(next.events), 'one:skipped slow:done after:done');
	t.is(runsOf(directory, 'slow'), 'run run');
	const start = next.events.find(event => event.type === 'step-start' && event.step.id === 'slow');
	t.true(start?.type === 'step-start' && /was interrupted, .*slow\.\d+.*; the probe says absent/.test(start.reason));
});

test('the command of a job killed by somebody: the step has failed', async t => {
	const directory = await toyDirectory(t);
	const running = toyEngine(directory, job).up();
	await fileAppears(directory, 'begun');
	await killJob(directory, {runner: false});
	const outcome = await running;
	t.deepEqual([outcome.result, outcome.exitCode], ['failed', 1]);
	t.regex(outcome.failures[0]!.what, /exit code 137/);
	t.is(readState(directory).steps.slow!.status, 'failed');
});

test('a job killed with all that watches it, while it is followed: outcome unknown, exit 6, and the next up resolves it', async t => {
	const directory = await toyDirectory(t);
	const running = toyEngine(directory, job).up();
	await fileAppears(directory, 'begun');
	await killJob(directory);
	const outcome = await running;
	t.deepEqual([outcome.result, outcome.exitCode, outcome.failures[0]!.code], ['unknown', 6, 'K2D2007']);
	t.is(readState(directory).steps.slow!.status, 'running');
	writeFileSync(`${directory}/go`, '');
	t.is((await toyEngine(directory, job).up()).exitCode, 0);
});

test('a live job with other inputs is ended, not followed', async t => {
	const directory = await killedInJob(t);
	const next = toyEngine(directory, job, {version: '2'});
	const running = next.up();
	await until(() => notices(next.events).includes('which does not do what is wanted now'));
	writeFileSync(`${directory}/go`, '');
	t.is((await running).exitCode, 0);
	t.is(runsOf(directory, 'slow'), 'run run');
});

test('down ends a job that still runs', async t => {
	const directory = await killedInJob(t);
	const engine = toyEngine(directory, job);
	t.is((await engine.down('everything')).exitCode, 0);
	t.regex(said(engine.events, 'slow'), /ended slow\.\d+, which still ran/);
	t.false(existsSync(`${directory}/one`));
});

test('down ends a job that still runs also where the step itself leaves nothing to take back', async t => {
	const directory = await killedInJob(t);
	const engine = toyEngine(directory, job.map(step => step.id === 'slow' ? {...step, undo: {nothingLeft: 'It goes with one.'}} : step));
	t.is((await engine.down('everything')).exitCode, 0);
	t.regex(notices(engine.events), /Ended slow\.\d+, which still ran/);
	writeFileSync(`${directory}/go`, '');
	await sleep(1000);
	t.false(existsSync(`${directory}/slow`));
});

test('killed in the middle of a command: the step runs again', async t => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'command');
	await fileAppears(directory, 'begun');
	tool.child.kill('SIGKILL');
	await tool.ended;
	writeFileSync(`${directory}/go`, '');
	const next = toyEngine(directory, command);
	t.is((await next.up()).exitCode, 0);
	t.is(results(next.events), 'slow:done after:done');
	t.is(runsOf(directory, 'slow'), 'run run');
});

test('killed between the action and the record: the marker proves nothing, the step runs again', async t => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'ending');
	await fileAppears(directory, 'begun');
	tool.child.kill('SIGKILL');
	await tool.ended;
	t.is(readState(directory).steps.slow!.status, 'running');
	writeFileSync(`${directory}/go`, '');
	const next = toyEngine(directory, ending);
	t.is((await next.up()).exitCode, 0);
	t.is(runsOf(directory, 'slow'), '1 1');
});

test('killed at any moment, the next up completes and the state can always be read', async t => {
	const directory = await toyDirectory(t);
	for (const delay of [150, 250, 350, 450, 550, 650, 750]) {
		const tool = startTool(t, 'up', directory, 'files', String(delay));
		await new Promise(resolve => {
			setTimeout(resolve, delay);
		});
		tool.child.kill('SIGKILL');
		await tool.ended;
		t.notThrows(() => existsSync(`${directory}/env/state.json`) && readState(directory));
	}

	const last = toyEngine(directory, files, {version: 'last'});
	t.is((await last.up()).exitCode, 0);
	t.false(notices(last.events).includes('damaged'));
	t.deepEqual(['one', 'two', 'three'].map(name => readText(directory, name)), ['last', 'last', 'last']);
});

test('two at once: the second is told who holds the lock and for how long', async t => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'job');
	await fileAppears(directory, 'begun');
	const second = toyEngine(directory, job);
	const outcome = await second.up();
	t.deepEqual([outcome.exitCode, outcome.failures[0]!.code], [4, 'K2D4001']);
	t.regex(outcome.failures[0]!.what, new RegExp(`locked: up by .*, process ${tool.child.pid}, since .*, \\d+ s ago`));
	t.is((await toyEngine(directory, job).down('services')).exitCode, 4);
	t.is((await toyEngine(directory, job).plan()).length, 3);
	writeFileSync(`${directory}/go`, '');
	t.is(await tool.ended, 0);
	t.is((await toyEngine(directory, job).up()).exitCode, 0);
});

test('what stands on a step whose job was waited for is looked at again', async t => {
	const directory = await killedInJob(t);
	writeFileSync(`${directory}/after`, 'theirs');
	const next = toyEngine(directory, job);
	t.is((await next.plan())[2]!.verdict, 'RUN');
	writeFileSync(`${directory}/go`, '');
	t.is((await next.up()).exitCode, 0);
	t.is(results(next.events), 'one:skipped slow:skipped after:adopted');
});

test('so it is when the job ended between plan and work', async t => {
	const directory = await killedInJob(t);
	writeFileSync(`${directory}/after`, 'theirs');
	const next = toyEngine(directory, job);
	const {exitCode} = await next.up({
		async confirm(plan) {
			t.deepEqual(plan.map(({verdict}) => verdict), ['SKIP', 'RERUN', 'RUN']);
			writeFileSync(`${directory}/go`, '');
			const [ended] = readState(directory).steps.slow!.jobs!;
			await fileAppears(directory, `env/jobs/${ended!.id}.rc`);
			return true;
		},
	});
	t.is(exitCode, 0);
	t.is(results(next.events), 'one:skipped slow:skipped after:adopted');
	t.is(readText(directory, 'after'), 'theirs');
});
