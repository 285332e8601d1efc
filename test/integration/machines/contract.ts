import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {CommandError} from '../../../scripts/machines/commandError.js';
import {quote} from '../../../scripts/machines/quote.js';
import type {CommandOutcome, JobSpec, Machine} from '../../../scripts/machines/types.js';
import {needs, type Needs} from '../../helpers/needs.js';

export type MachineUnderTest = {
	readonly machine: Machine;
	/** The machine that keeps the jobs: `machine` itself, or a sandbox's host. */
	readonly host: Machine;
	readonly stop: () => Promise<void>;
};

/** A machine, and what this one needs to have it. */
export type MachineFactory = {
	readonly name: string;
	readonly needs: Needs;
	readonly start: () => Promise<MachineUnderTest>;
};

type Stage = MachineUnderTest & {
	/** A directory of this test alone, on the machine. */
	readonly place: string;
	/** The same on the host, for jobs. */
	readonly jobs: string;
	readonly job: (id: string, argv: readonly string[], more?: Partial<JobSpec>) => JobSpec;
};

const errorOf = async (t: ExecutionContext, work: Promise<unknown>, outcome: CommandOutcome): Promise<CommandError> => {
	const error = await t.throwsAsync(work, {instanceOf: CommandError});
	t.is(error!.outcome, outcome, error!.message);
	return error!;
};

const shell = (script: string): readonly string[] => ['sh', '-c', script];

const isGone = async (machine: Machine, pidFile: string): Promise<boolean> => {
	const pid = (await machine.read(pidFile))!.trim();
	for (let tries = 0; tries < 50; tries++) {
		// A zombie is gone: its new parent may take its time to say so.
		const {stdout} = await machine.run(shell(`grep -s '^State' /proc/${pid}/status || echo gone`), {allow: 'any'});
		if (/gone|zombie/.test(stdout)) {
			return true;
		}

		await sleep(100);
	}

	return false;
};

type Case = readonly [title: string, run: (t: ExecutionContext, stage: Stage) => Promise<void>];

const commands: readonly Case[] = [
	['a command gets its arguments, input, environment and directory as they are', async (t, {machine, place}) => {
		const odd = ['a b', 'it\'s', '$HOME', '"', '*', 'ü', '', 'a\nb', '-n', '\\'];
		const {stdout} = await machine.run(['printf', String.raw`%s\0`, ...odd]);
		t.deepEqual(stdout.split('\0').slice(0, -1), odd);
		const result = await machine.run(shell('cat; echo "$FIRST"; pwd'), {input: 'über\n', env: {FIRST: 'x \'y\''}, cwd: place});
		t.is(result.stdout, `über\nx 'y'\n${place}\n`);
		t.is(result.code, 0);
	}],
	['standard input is empty when none is given', async (t, {machine}) => {
		const {stdout} = await machine.run(['cat'], {timeout: 10});
		t.is(stdout, '');
	}],
	['binary input of a megabyte arrives whole, and may be left unread', async (t, {machine}) => {
		const input = new Uint8Array(1_000_000).map((_, index) => (index * 7) % 256);
		const {stdout} = await machine.run(shell('wc -c'), {input});
		t.is(stdout.trim(), '1000000');
		t.is((await machine.run(['true'], {input})).code, 0);
	}],
	['messages are in English and programs of administrators are found', async (t, {machine}) => {
		const {stdout} = await machine.run(shell('echo "$LC_ALL $PATH"'));
		t.regex(stdout, /^C\.UTF-8 .*\/usr\/sbin/);
	}],
	['an exit code is an error that says everything', async (t, {machine}) => {
		const error = await errorOf(t, machine.run(shell('echo out; echo oops >&2; exit 3')), 'code');
		t.is(error.code, 3);
		t.deepEqual(error.lastLines, ['out', 'oops']);
		t.is(error.machine, machine.name);
		t.is(error.command, 'sh -c \'echo out; echo oops >&2; exit 3\'');
		t.regex(error.message, /failed with exit code 3/);
	}],
	['an allowed exit code is an answer', async (t, {machine}) => {
		t.is((await machine.run(shell('exit 3'), {allow: [0, 3]})).code, 3);
		t.is((await machine.run(shell('exit 77'), {allow: 'any'})).code, 77);
		t.is((await machine.run(['no-such-program'], {allow: 'any'})).code, 127);
	}],
	['a missing program or directory was not started', async (t, {machine}) => {
		await errorOf(t, machine.run(['no-such-program', 'x']), 'not-started');
		await errorOf(t, machine.run(['pwd'], {cwd: '/no/such/directory'}), 'not-started');
	}],
	['a signal is told from an exit code', async (t, {machine}) => {
		const error = await errorOf(t, machine.run(shell('kill -KILL $$')), 'signal');
		t.is(error.signal, 'SIGKILL');
	}],
	['a timeout ends the whole process group', async (t, {machine, place}) => {
		const script = `sleep 60 & echo $! >${quote(`${place}/pid`)}; wait`;
		const error = await errorOf(t, machine.run(shell(script), {timeout: 1}), 'timeout');
		t.true(error.seconds < 5, error.message);
		t.true(await isGone(machine, `${place}/pid`));
	}],
	['a group that ignores TERM is killed', async (t, {machine, place}) => {
		const script = `trap "" TERM; echo $$ >${quote(`${place}/pid`)}; while :; do sleep 1; done`;
		await errorOf(t, machine.run(shell(script), {timeout: 1}), 'timeout');
		t.true(await isGone(machine, `${place}/pid`));
	}],
	['a command that tidies up on TERM and exits 0 is still a timeout', async (t, {machine}) => {
		const error = await errorOf(t, machine.run(shell('trap "echo tidy; exit 0" TERM; sleep 60 & wait'), {timeout: 1}), 'timeout');
		t.deepEqual(error.lastLines, ['tidy']);
	}],
	['silence ends a command, output keeps it', async (t, {machine}) => {
		const result = await machine.run(shell('for i in 1 2 3 4 5 6; do echo $i; sleep 0.4; done'), {idleTimeout: 1.5});
		t.is(result.code, 0);
		await errorOf(t, machine.run(shell('echo 1; sleep 60'), {idleTimeout: 0.5}), 'idle');
	}],
	['an aborted command ends', async (t, {machine, place}) => {
		const script = `echo $$ >${quote(`${place}/pid`)}; exec sleep 60`;
		await errorOf(t, machine.run(shell(script), {signal: AbortSignal.timeout(1000)}), 'aborted');
		t.true(await isGone(machine, `${place}/pid`));
		await errorOf(t, machine.run(['true'], {signal: AbortSignal.abort()}), 'aborted');
	}],
	['lines come as they are printed, from both streams', async (t, {machine}) => {
		const seen: Array<readonly [string, string, number]> = [];
		const begin = performance.now();
		await machine.run(shell('echo ä; sleep 0.5; echo b >&2; printf c'), {
			onLine(line, stream) {
				seen.push([line, stream, performance.now() - begin]);
			},
		});
		t.deepEqual(seen.map(([line, stream]) => [line, stream]), [['ä', 'stdout'], ['b', 'stderr'], ['c', 'stdout']]);
		t.true(seen[1]![2] - seen[0]![2] > 300, 'the first line came before the second was printed');
	}],
	['a daemon that keeps the output open does not hold the command up', async (t, {machine}) => {
		const result = await machine.run(shell('sleep 20 & echo started'));
		t.is(result.stdout, 'started\n');
		t.true(result.seconds < 8);
	}],
	['a script stops at the first failure and does not read itself', async (t, {machine}) => {
		const {stdout} = await machine.script('cat\nx=1\necho "$x $((x + 1))"', {env: {A: 'b'}});
		t.is(stdout, '1 2\n');
		const error = await errorOf(t, machine.script('echo one\nfalse\necho two'), 'code');
		t.deepEqual(error.lastLines, ['one']);
		await errorOf(t, machine.script('echo "$undefinedName"'), 'code');
	}],
	['many commands at once', async (t, {machine}) => {
		const results = await Promise.all(Array.from({length: 25}, async (_, index) => machine.run(['echo', String(index)])));
		t.deepEqual(results.map(({stdout}) => stdout), Array.from({length: 25}, (_, index) => `${index}\n`));
	}],
];

const files: readonly Case[] = [
	['a file is written with mode and owner, and read', async (t, {machine, place}) => {
		const file = `${place}/new/it's a file`;
		t.is(await machine.read(file), undefined);
		await machine.write(file, 'grün\n', {mode: 0o640, owner: 'root:daemon'});
		t.is(await machine.read(file), 'grün\n');
		t.is((await machine.run(['stat', '-c', '%a %U:%G', file])).stdout, '640 root:daemon\n');
		await machine.write(file, 'new');
		t.is(await machine.read(file), 'new');
		t.is((await machine.run(['stat', '-c', '%a', file])).stdout, '644\n');
		t.is((await machine.run(['ls', '-A', `${place}/new`])).stdout, 'it\'s a file\n', 'nothing temporary is left');
	}],
	['an empty file and a large one', async (t, {machine, place}) => {
		await machine.write(`${place}/empty`, '');
		t.is(await machine.read(`${place}/empty`), '');
		const large = 'ß'.repeat(3_000_000);
		await machine.write(`${place}/large`, large);
		t.is(await machine.read(`${place}/large`), large);
	}],
	['readers see the old or the new, never a part', async (t, {machine, place}) => {
		const file = `${place}/file`;
		const versions = ['a', 'b'].map(letter => letter.repeat(200_000));
		await machine.write(file, versions[0]!);
		const reader = machine.run(shell(`i=0; while [ $i -lt 60 ]; do wc -c <${quote(file)}; i=$((i + 1)); done | sort -u`));
		for (let count = 0; count < 6; count++) {
			await machine.write(file, versions[count % 2]!);
		}

		t.is((await reader).stdout.trim(), '200000');
	}],
	['what cannot be written is an error that says why', async (t, {machine}) => {
		const error = await t.throwsAsync(machine.write('/proc/no/file', 'x'), {code: 'K2D5009'});
		t.regex(error!.message, /\/proc\/no\/file could not be written on .*: .*(?:cannot create|No such)/);
	}],
	['a directory cannot be read as a file', async (t, {machine, place}) => {
		await errorOf(t, machine.read(place), 'code');
	}],
	['a file and a directory are uploaded, the second time over the first', async (t, {machine, place}) => {
		const source = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-upload-'));
		t.teardown(async () => rm(source, {recursive: true}));
		await mkdir(path.join(source, 'deep/er'), {recursive: true});
		await writeFile(path.join(source, 'deep/er/run.sh'), '#!/bin/sh\n', {mode: 0o755});
		await writeFile(path.join(source, 'one'), 'first');
		await machine.upload(source, `${place}/to/copy`, {owner: 'daemon:daemon'});
		t.is(await machine.read(`${place}/to/copy/one`), 'first');
		t.is((await machine.run(['stat', '-c', '%a %U', `${place}/to/copy/deep/er/run.sh`])).stdout, '755 daemon\n');
		await rm(path.join(source, 'deep'), {recursive: true});
		await writeFile(path.join(source, 'one'), 'second');
		await machine.upload(source, `${place}/to/copy`);
		t.is((await machine.run(['ls', '-A', `${place}/to`, `${place}/to/copy`])).stdout, `${place}/to:\ncopy\n\n${place}/to/copy:\none\n`);
		await machine.upload(path.join(source, 'one'), `${place}/to/single`, {mode: 0o600});
		t.is((await machine.run(['stat', '-c', '%a %s', `${place}/to/single`])).stdout, '600 6\n');
		await t.throwsAsync(machine.upload(path.join(source, 'none'), `${place}/x`), {code: 'K2D5009'});
	}],
];

const jobs: readonly Case[] = [
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
	['a job outlives whoever started it', async (t, {machine, jobs, job}) => {
		await machine.startJob(job('alone', shell('echo "$(ps -o sid= -p $$ 2>/dev/null | tr -d " ")"; sleep 0.5; kill -HUP $$; echo no')));
		t.is((await machine.followJob(jobs, 'alone')).code, 129, 'its process is its own, and so is its code');
	}],
];

const locks: readonly Case[] = [
	['one holds a lock, the next learns who', async (t, {machine, place}) => {
		const file = `${place}/state/lock`;
		const first = await machine.hold(file, 'first of ours');
		t.true(first.held);
		const second = await machine.hold(file, 'second');
		t.like(second, {held: false, info: 'first of ours'});
		t.true((second as {ageSeconds: number}).ageSeconds < 10);
		await (first as {release: () => Promise<void>}).release();
		t.is(await machine.read(file), undefined);
		const third = await machine.hold(file, 'third');
		t.true(third.held);
		t.false('tookOver' in third);
		await (third as {release: () => Promise<void>}).release();
	}],
	['a dead holder is taken over, and said so', async (t, {machine, place}) => {
		const file = `${place}/lock`;
		await machine.write(file, 'died yesterday\n');
		const lock = await machine.hold(file, 'now');
		t.like(lock, {held: true, tookOver: 'died yesterday'});
		t.is(await machine.read(file), 'now\n');
		await (lock as {release: () => Promise<void>}).release();
	}],
	['a lock where nothing can be written is an error', async (t, {machine}) => {
		const error = await errorOf(t, machine.hold('/proc/no/lock', 'x'), 'code');
		t.regex(error.message, /Taking the lock \/proc\/no\/lock/);
	}],
];

const forwards: readonly Case[] = [
	['a forwarded port reaches a service of the machine', async (t, {machine}) => {
		const server = machine.run(['python3', '-c', [
			'import socket', 's = socket.create_server(("127.0.0.1", 0))', 'print(s.getsockname()[1], flush=True)',
			'for _ in range(2):', '    c, _ = s.accept(); d = b""', '    while not d.endswith(b"\\n"): d += c.recv(65536)', '    c.sendall(d.upper()); c.close()',
		].join('\n')], {
			onLine(line) {
				port = Number(line);
			},
			timeout: 30,
		});
		let port = 0;
		while (port === 0) {
			await sleep(50);
		}

		const forward = await machine.forward('127.0.0.1', port);
		const text = `${'x'.repeat(300_000)}\n`;
		for (let count = 0; count < 2; count++) {
			const socket = connect(forward.port, '127.0.0.1');
			let answer = '';
			socket.setEncoding('utf8').on('data', (chunk: string) => {
				answer += chunk;
			});
			socket.write(text);
			await once(socket, 'end');
			socket.destroy();
			t.is(answer, text.toUpperCase());
		}

		await server;
		await forward.close();
		const late = connect(forward.port, '127.0.0.1');
		const [error] = await once(late, 'error') as [NodeJS.ErrnoException];
		t.is(error.code, 'ECONNREFUSED');
	}],
];

const cases: readonly Case[] = [...commands, ...files, ...jobs, ...locks, ...forwards];

/** Declares the tests that every machine must pass. */
export const machineContract = (factory: MachineFactory): void => {
	let started: Promise<MachineUnderTest> | undefined;
	test.after.always(async () => {
		const stop = await started?.then(({stop}) => stop, () => undefined);
		await stop?.();
	});
	for (const [title, run] of cases) {
		test.serial(`${factory.name}: ${title}`, async t => {
			if (!await needs(t, factory.needs)) {
				return;
			}

			started ??= factory.start();
			const {machine, host, stop} = await started;
			const name = `k2hdkc-devstack-test-${randomUUID()}`;
			const place = `/tmp/${name}`;
			const jobDirectory = `/tmp/${name}-jobs`;
			await machine.run(['mkdir', '-p', place]);
			t.teardown(async () => {
				await machine.run(['rm', '-rf', place]);
				await host.run(['rm', '-rf', jobDirectory]);
			});
			await run(t, {
				machine, host, stop, place, jobs: jobDirectory,
				job: (id, argv, more = {}) => ({id, directory: jobDirectory, argv, ...more}),
			});
		});
	}
};
