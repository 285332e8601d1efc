import {quote} from '../../../../scripts/machines/quote.js';
import {errorOf, isGone, shell, type Case} from './stage.js';

export const commands: readonly Case[] = [
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
