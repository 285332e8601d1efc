import {setTimeout as sleep} from 'node:timers/promises';
import {quote} from '../../../../scripts/machines/quote.js';
import {errorOf, isGone, shell, type Case} from './stage.js';

export const jobs: readonly Case[] = [
	['a job runs to its end with input, environment and directory', async (t, {machine, host, jobs, job, place}) => {
		const state = await machine.startJob(job('a', shell('cat; echo "$A"; pwd; sleep 0.3; echo err >&2; exit 4'), {input: 'geheim\n', env: {A: 'x \'y'}, cwd: place}));
		t.is(state.state, 'running');
		const lines: string[] = [];
		const {code, stdout} = await machine.followJob(jobs, 'a', {
			onLine(line) {
				lines.push(line);
			},
		});
		t.is(code, 4);
		t.deepEqual(lines, ['geheim', 'x \'y', place, 'err']);
		t.is(stdout, `${lines.join('\n')}\n`);
		t.deepEqual(await machine.jobState(jobs, 'a'), {state: 'ended', code: 4});
		t.is((await host.run(['stat', '-c', '%a', jobs])).stdout, '700\n');
		t.is((await host.run(shell(`cd ${quote(jobs)} && stat -c '%n %a' a.*`))).stdout, 'a.log 600\na.pid 600\na.rc 600\na.script 600\n', 'the input is gone');
	}],
	['the same id attaches, also to one that has ended', async (t, {machine, jobs, job, place}) => {
		const spec = job('b', shell(`echo once >>${quote(`${place}/runs`)}; sleep 1`));
		const states = await Promise.all([machine.startJob(spec), machine.startJob(spec), machine.startJob(spec)]);
		t.deepEqual(states.map(({state}) => state), ['running', 'running', 'running']);
		t.is((await machine.followJob(jobs, 'b')).code, 0);
		t.deepEqual(await machine.startJob(spec), {state: 'ended', code: 0});
		t.is(await machine.read(`${place}/runs`), 'once\n');
	}],
	['following starts from the beginning each time', async (t, {machine, jobs, job}) => {
		await machine.startJob(job('c', shell('echo 1; sleep 0.5; echo 2')));
		const [first, second] = await Promise.all([machine.followJob(jobs, 'c'), machine.followJob(jobs, 'c')]);
		t.is(first.stdout, '1\n2\n');
		t.is(second.stdout, '1\n2\n');
		t.is((await machine.followJob(jobs, 'c')).stdout, '1\n2\n');
	}],
	['every line of a long log arrives, the last of them kept', async (t, {machine, jobs, job}) => {
		await machine.startJob(job('d', shell('sleep 0.2; seq 1 1000000')));
		let count = 0;
		const {stdout} = await machine.followJob(jobs, 'd', {
			onLine(line) {
				count++;
				if (line !== String(count)) {
					t.fail(`line ${count} is ${line}`);
				}
			},
		});
		t.is(count, 1_000_000);
		t.is(stdout.length, 4 * 1024 * 1024);
		t.true(stdout.endsWith('\n1000000\n'));
	}],
	['the machine itself ends a job at its limits', async (t, {machine, jobs, job}) => {
		await machine.startJob(job('slow', shell('trap "sleep 0.3; echo tidy; exit 0" TERM; echo 1; sleep 60 & wait'), {timeout: 1}));
		const error = await errorOf(t, machine.followJob(jobs, 'slow'), 'timeout');
		t.deepEqual(error.lastLines, ['1', 'tidy']);
		const state = await machine.jobState(jobs, 'slow');
		t.like(state, {state: 'ended', by: 'timeout'});
		t.not((state as {code: number}).code, 0);
		await machine.startJob(job('silent', shell('for i in 1 2 3 4; do echo $i; sleep 0.5; done; sleep 60'), {idleTimeout: 1.2}));
		t.deepEqual((await errorOf(t, machine.followJob(jobs, 'silent'), 'idle')).lastLines, ['1', '2', '3', '4']);
	}],
	['a job that ignores TERM is killed with all of its group', async (t, {machine, jobs, job, place}) => {
		await machine.startJob(job('deaf', shell(`trap "" TERM; sleep 60 & echo $! >${quote(`${place}/pid`)}; while :; do sleep 1; done`)));
		await sleep(500);
		const ending = errorOf(t, machine.followJob(jobs, 'deaf'), 'aborted');
		const begin = performance.now();
		t.true(await machine.killJob(jobs, 'deaf'));
		t.true(performance.now() - begin > 9000, 'it was given 10 s');
		t.true(performance.now() - begin < 20_000);
		await ending;
		t.like(await machine.jobState(jobs, 'deaf'), {state: 'ended', by: 'killed'});
		t.true(await isGone(machine, `${place}/pid`));
		t.false(await machine.killJob(jobs, 'deaf'));
	}],
	['a job whose process is killed has a code', async (t, {machine, host, jobs, job}) => {
		const state = await machine.startJob(job('shot', ['sleep', '60']));
		const ending = machine.followJob(jobs, 'shot');
		await host.run(['kill', '-KILL', String((state as {pid: number}).pid)]);
		t.is((await ending).code, 137);
	}],
	['a job that vanishes is lost at once, never a success, and what is left of it can be ended', async (t, {machine, host, jobs, job, place}) => {
		await machine.startJob(job('lost', shell(`echo $$ >${quote(`${place}/pid`)}; echo before; exec sleep 60`)));
		const ending = errorOf(t, machine.followJob(jobs, 'lost'), 'unknown');
		await sleep(500);
		const runner = (await host.read(`${jobs}/lost.pid`))!.split(' ')[0]!;
		const begin = performance.now();
		await host.run(['kill', '-KILL', runner]);
		t.deepEqual((await ending).lastLines, ['before']);
		t.true(performance.now() - begin < 2000);
		t.deepEqual(await machine.jobState(jobs, 'lost'), {state: 'lost'});
		t.deepEqual(await machine.startJob(job('lost', ['true'])), {state: 'lost'}, 'it is not started again');
		t.true(await machine.killJob(jobs, 'lost'));
		t.true(await isGone(machine, `${place}/pid`));
	}],
	['a recycled process number is not the job', async (t, {machine, host, jobs, job}) => {
		await machine.startJob(job('old', ['true']));
		await machine.followJob(jobs, 'old');
		const [pid, , ...rest] = (await host.read(`${jobs}/old.pid`))!.split(' ');
		await host.run(['rm', `${jobs}/old.rc`]);
		await host.write(`${jobs}/old.pid`, [1, 5, ...rest].join(' '));
		t.deepEqual(await machine.jobState(jobs, 'old'), {state: 'lost'});
		t.false(await machine.killJob(jobs, 'old'));
		// Of another boot.
		const {stdout: start} = await host.run(shell('set -- $(cat /proc/1/stat); echo "${22}"'));
		await host.write(`${jobs}/old.pid`, `1 ${start.trim()} ${pid} 00000000-0000-0000-0000-000000000000 2026-01-01T00:00:00Z\n`);
		t.deepEqual(await machine.jobState(jobs, 'old'), {state: 'lost'});
		t.false(await machine.killJob(jobs, 'old'));
	}],
	['there is no such job', async (t, {machine, jobs}) => {
		t.deepEqual(await machine.jobState(jobs, 'none'), {state: 'none'});
		await errorOf(t, machine.followJob(jobs, 'none'), 'not-started');
		t.false(await machine.killJob(jobs, 'none'));
	}],
	['to stop following leaves the job alone', async (t, {machine, jobs, job}) => {
		await machine.startJob(job('on', shell('sleep 2; echo done')));
		const error = await errorOf(t, machine.followJob(jobs, 'on', {signal: AbortSignal.timeout(300)}), 'aborted');
		t.true(error.seconds < 1.5);
		await errorOf(t, machine.followJob(jobs, 'on', {timeout: 0.3}), 'timeout');
		await errorOf(t, machine.followJob(jobs, 'on', {idleTimeout: 0.3}), 'idle');
		t.is((await machine.followJob(jobs, 'on')).stdout, 'done\n');
	}],
];
