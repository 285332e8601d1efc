import {spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {nspawnNeeds, startNspawnMachine} from '../../fixtures/nspawnMachine.js';
import {sshServerNeeds, startSshServer} from '../../fixtures/sshServer.js';
import {needs, type Needs} from '../../helpers/needs.js';

const toolFile = fileURLToPath(new URL('interactiveTool.js', import.meta.url));
const ptyFile = fileURLToPath(new URL('../../../../test/integration/cli/onTerminal.py', import.meta.url));

type Place = {readonly place: string; readonly stop: () => Promise<void>};

const places: ReadonlyArray<{readonly name: string; readonly wants: Needs; readonly start: () => Promise<Place>}> = [
	{name: 'local', wants: {}, start: async () => ({place: 'local', stop: async () => undefined})},
	{
		name: 'ssh', wants: sshServerNeeds, async start() {
			const {url, identityFile, knownHosts, stop} = await startSshServer();
			return {place: `ssh:${url}|${identityFile}|${knownHosts}`, stop};
		},
	},
	{
		name: 'sandbox', wants: nspawnNeeds, async start() {
			const {leader, stop} = await startNspawnMachine();
			return {place: `sandbox:${leader}`, stop};
		},
	},
];

type Ended = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

const run = async (argv: readonly string[], {input = '', signal}: {input?: string; signal?: NodeJS.Signals} = {}): Promise<Ended> => {
	const child = spawn(argv[0]!, argv.slice(1), {stdio: 'pipe'});
	const output = {stdout: '', stderr: ''};
	for (const stream of ['stdout', 'stderr'] as const) {
		child[stream].setEncoding('utf8').on('data', (text: string) => {
			output[stream] += text;
		});
	}

	child.stdin.end(input);
	const closed = once(child, 'close') as Promise<[number | null]>;
	if (signal) {
		while (!output.stdout.includes('ready')) {
			await sleep(20);
		}

		child.kill(signal);
	}

	const [code] = await closed;
	return {code, ...output};
};

for (const {name, wants, start} of places) {
	const withPlace = (title: string, body: (t: ExecutionContext, place: string) => Promise<void>): void => {
		test.serial(`${name}: ${title}`, async t => {
			if (!await needs(t, {...wants, commands: {...wants.commands, python3: 'python3'}})) {
				return;
			}

			const {place, stop} = await start();
			try {
				await body(t, place);
			} finally {
				await stop();
			}
		});
	};

	withPlace('without a terminal input, output, errors and exit code come through, byte for byte', async (t, place) => {
		const ended = await run([process.execPath, toolFile, place, 'sh', '-c', 'cat; echo "$1" >&2; test -t 0 || exit 5', 'sh', 'two  words'], {input: 'ünï\u0003\n'});
		t.deepEqual(ended, {code: 5, stdout: 'ünï\u0003\n', stderr: 'two  words\n'});
	});

	withPlace('on a terminal there is one: of the right size, with job control, and Ctrl-C goes to the command', async (t, place) => {
		const script = 'tty; stty size; trap "echo caught; exit 7" INT; echo ready; for i in 1 2 3 4 5 6 7 8 9; do sleep 1; done';
		const {code, stdout} = await run(['python3', ptyFile, '33', '77', 'ready', String.raw`\x03`, process.execPath, toolFile, place, 'sh', '-c', script]);
		t.is(code, 7, stdout);
		t.regex(stdout, /^\/dev\/pts\/\d+\r+\n33 77\r+\n/);
		t.true(stdout.includes('caught'));
	});

	withPlace('a shell on a terminal has job control', async (t, place) => {
		const {code, stdout} = await run(['python3', ptyFile, '24', '80', '$ ', String.raw`set -o | grep monitor; exit 4\r`, process.execPath, toolFile, place, 'env', 'PS1=$ ', 'bash', '--norc', '--noprofile', '-i']);
		t.is(code, 4, stdout);
		t.regex(stdout, /monitor\s+on/);
		t.false(stdout.includes('no job control'), stdout);
	});

	withPlace('a termination of the tool reaches the command', async (t, place) => {
		const {code} = await run([process.execPath, toolFile, place, 'sh', '-c', 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'], {signal: 'SIGTERM'});
		t.true(code === 9 || code === 143, String(code));
	});
}
