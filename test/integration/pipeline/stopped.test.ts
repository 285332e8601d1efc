import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {commandStep, jobStep, toySets, toyStep} from '../../fixtures/toySteps.js';
import {fileAppears, notices, readState, readText, results, runsOf, startTool, toyDirectory, toyEngine, until} from './toyTool.js';

const {job} = toySets;

const isAlive = (pid: number): boolean => {
	try {
		return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return false;
	}
};

for (const [signal, exitCode] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
	test(`first ${signal}: nothing new starts, the job goes on, the resume line is said, exit ${exitCode}`, async t => {
		const directory = await toyDirectory(t);
		const tool = startTool(t, 'up', directory, 'job');
		await fileAppears(directory, 'begun');
		tool.child.kill(signal);
		t.is(await tool.ended, exitCode);
		const end = tool.events().at(-1)!;
		t.like(end, {type: 'run-end', result: 'interrupted', exitCode, resume: 'toy up'});
		t.is(results(tool.events()), 'one:done slow:interrupted');
		t.regex(notices(tool.events()), /slow\.\d+ goes on by itself; the next run attaches to it\./);
		t.is(notices(tool.events()).includes('Ctrl-C again'), signal === 'SIGINT');
		t.is(readState(directory).steps.slow!.status, 'running');

		writeFileSync(`${directory}/go`, '');
		const next = toyEngine(directory, job);
		t.is((await next.up()).exitCode, 0);
		t.is(runsOf(directory, 'slow'), 'run');
		t.is(results(next.events), 'one:skipped slow:skipped after:done');
	});
}

test('second Ctrl-C: the process group of the job is ended', async t => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'job');
	await fileAppears(directory, 'begun');
	tool.child.kill('SIGINT');
	await tool.sees(event => event.type === 'notice' && event.message.includes('Ctrl-C again ends it'));
	tool.child.kill('SIGINT');
	t.is(await tool.ended, 130);
	t.regex(notices(tool.events()), /Ended slow\.\d+\./);
	writeFileSync(`${directory}/go`, '');
	const next = toyEngine(directory, job);
	t.is((await next.up()).exitCode, 0);
	t.is(runsOf(directory, 'slow'), 'run run');
});

test('two Ctrl-C at once end the job too', async t => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'job');
	await fileAppears(directory, 'begun');
	tool.child.kill('SIGINT');
	setTimeout(() => tool.child.kill('SIGINT'), 30);
	t.is(await tool.ended, 130);
	t.regex(notices(tool.events()), /Ended slow\.\d+\./);
});

test('a stop ends a command that is no job, and the step runs again', async t => {
	const directory = await toyDirectory(t);
	const stop = new AbortController();
	const step = commandStep('slow', 'echo $$ > pid; touch begun; sleep 30; echo 1 > slow');
	const running = toyEngine(directory, [step], {interrupts: {stop: stop.signal, kill: new AbortController().signal}}).up();
	await fileAppears(directory, 'begun');
	stop.abort('SIGINT');
	const outcome = await running;
	t.deepEqual([outcome.result, outcome.exitCode, outcome.failures.length], ['interrupted', 130, 0]);
	t.false(isAlive(Number(readText(directory, 'pid'))));
	t.is(readState(directory).steps.slow!.status, 'running');
	const plan = await toyEngine(directory, [step]).plan();
	t.is(plan[0]!.reason, 'was interrupted; the probe says absent: there is no file slow');
});

test('a stop before anything began does nothing', async t => {
	const directory = await toyDirectory(t);
	const engine = toyEngine(directory, toySets.files, {interrupts: {stop: AbortSignal.abort('SIGTERM'), kill: new AbortController().signal}});
	const outcome = await engine.up();
	t.deepEqual([outcome.result, outcome.exitCode], ['interrupted', 143]);
	t.false(existsSync(`${directory}/one`));
});

test('a step that was at its end when the stop came is finished and recorded', async t => {
	const directory = await toyDirectory(t);
	const stop = new AbortController();
	const last = toyStep('last', {
		async apply({env}) {
			await env.machine.script(`echo 1 > ${env.directory}/last`);
			stop.abort('SIGINT');
		},
	});
	const engine = toyEngine(directory, [last, toyStep('after', {needs: ['last']})], {interrupts: {stop: stop.signal, kill: new AbortController().signal}});
	t.is((await engine.up()).exitCode, 130);
	t.is(results(engine.events), 'last:done');
	t.is(readState(directory).steps.last!.status, 'done');
});

const stubborn = 'trap "" TERM; echo $$ > pid; touch begun; sleep 300 & echo $! > child; while :; do sleep 1; echo alive; done';

for (const [kind, make] of [['job', jobStep], ['command', commandStep]] as const) {
	test(`the time limit ends the whole process group of a ${kind} that ignores TERM`, async t => {
		const directory = await toyDirectory(t);
		const engine = toyEngine(directory, [make('stubborn', stubborn, {timeout: 1})]);
		const outcome = await engine.up();
		t.is(outcome.exitCode, 1);
		t.is(outcome.failures[0]!.code, 'K2D2002');
		t.is(outcome.failures[0]!.what, 'stubborn took longer than 1 s and was ended.');
		await until(() => !isAlive(Number(readText(directory, 'pid'))) && !isAlive(Number(readText(directory, 'child'))));
		t.is(readState(directory).steps.stubborn!.status, 'failed');
	});

	test(`silence ends a ${kind}`, async t => {
		const directory = await toyDirectory(t);
		const outcome = await toyEngine(directory, [make('silent', 'echo $$ > pid; echo hello; sleep 300', {idleTimeout: 1})]).up();
		t.is(outcome.failures[0]!.code, 'K2D2003');
		t.is(outcome.failures[0]!.what, 'silent said nothing new for 1 s and was ended.');
		t.deepEqual(outcome.failures[0]!.lastLines, ['hello']);
		t.false(isAlive(Number(readText(directory, 'pid'))));
	});

	test(`a ${kind} that talks is not silent`, async t => {
		const directory = await toyDirectory(t);
		const talk = 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.5; done; echo 1 > talker';
		t.is((await toyEngine(directory, [make('talker', talk, {idleTimeout: 3})]).up()).exitCode, 0);
	});

	test(`a ${kind} that says only that it waits is silent`, async t => {
		const directory = await toyDirectory(t);
		const outcome = await toyEngine(directory, [make('waiter', 'while :; do echo waiting; sleep 0.2; done', {idleTimeout: 1, waiting: /^waiting/})]).up();
		t.is(outcome.failures[0]!.code, 'K2D2003');
	});
}

test('time limits grow with the scale', async t => {
	const directory = await toyDirectory(t);
	const steps = [commandStep('slow', 'sleep 0.6; echo 1 > slow', {timeout: 0.3, idleTimeout: 0.3})];
	t.is((await toyEngine(directory, steps).up()).exitCode, 1);
	t.is((await toyEngine(directory, steps, {timeoutScale: 10}).up()).exitCode, 0);
});

test('a time limit counts while a job of an earlier run is followed', async t => {
	const directory = await toyDirectory(t);
	const tool = startTool(t, 'up', directory, 'job');
	await fileAppears(directory, 'begun');
	tool.child.kill('SIGKILL');
	await tool.ended;
	const outcome = await toyEngine(directory, job.map(step => ({...step, timeout: step.id === 'slow' ? 0.5 : 60}))).up();
	t.is(outcome.failures[0]!.code, 'K2D2002');
	t.is(readState(directory).steps.slow!.status, 'failed');
	t.is(process.exitCode, undefined);
});
