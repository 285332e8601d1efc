import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {startK2hr3, type ClusterOptions, type StandInK2hr3} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import {lowPort} from '../../helpers/freePort.js';
import {runCommand, type Outcome} from '../../helpers/runCommand.js';

/** The shells that the images have: dash in those of Debian and Ubuntu, busybox in that of Alpine, bash in that of Rocky. */
export const shells = ['dash', 'busybox', 'bash'] as const;
export type Shell = typeof shells[number];

const entrypoint = path.resolve('images/database/k2hdkctrove.sh');
const standIns = path.resolve('test/fixtures/k2hdkcStandIn/bin');

/** Where undoing is left to: a test, or a bench. */
export type Undoer = Pick<ExecutionContext, 'teardown'>;

export type Place = {
	readonly shell: Shell;
	readonly root: string;
	readonly dataDir: string;
	readonly runDir: string;
	readonly configDir: string;
	readonly database: string;
	readonly bin: string;
	readonly group: string;
	readonly controlPort: number;
	readonly cuk: string;
	readonly name: string;
	readonly k2hr3: StandInK2hr3;
	/** The environment that Trove gives, and paths of this place. Nothing of this process but what is needed. */
	readonly env: Readonly<Record<string, string>>;
};

/** Programs of busybox, where that is the shell: those of Alpine are not those of GNU. */
const installPrograms = async (shell: Shell, bin: string): Promise<void> => {
	await mkdir(bin);
	if (shell === 'busybox') {
		await runCommand('busybox', ['--install', '-s', bin]);
		// Not an applet of every busybox, and the tests need the real one.
		await rm(path.join(bin, 'wget'), {force: true});
	}
};

const environmentOf = (place: Omit<Place, 'env'>): Record<string, string> => ({
	PATH: `${standIns}:${place.bin}:${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
	cluster_name: place.group,
	extdata_url: place.k2hr3.extdataUrl,
	chmpx_server_port: '8020',
	chmpx_server_ctlport: String(place.controlPort),
	chmpx_slave_ctlport: '8031',
	http_proxy: 'false',
	https_proxy: 'None',
	no_proxy: 'n/a',
	K2HDKCTROVE_CONFIG_DIR: place.configDir,
	K2HDKCTROVE_DATA_DIR: place.dataDir,
	K2HDKCTROVE_RUN_DIR: place.runDir,
	K2HDKCTROVE_INSTANCE_ID_FILE: path.join(place.root, 'instance-id'),
	K2HDKCTROVE_NODE_NAME: place.name,
	K2HDKCTROVE_REFRESH_SECONDS: '1',
});

/** Everything a node needs, with nothing running but K2HR3. It is all gone after the test. */
export const makePlace = async (t: Undoer, shell: Shell, cluster: Partial<ClusterOptions> = {}): Promise<Place> => {
	const root = await mkdtemp(path.join(tmpdir(), 'k2hdkc-entrypoint-'));
	const [dataDir, runDir, configDir, bin] = ['data', 'run', 'etc', 'bin'].map(name => path.join(root, name)) as [string, string, string, string];
	const controlPort = await lowPort();
	const group = path.basename(root);
	const database = path.join(dataDir, 'k2hdkc.k2h');
	const k2hr3 = await startK2hr3({group, port: 8020, controlPort, databaseFile: database, ...cluster});
	const cuk = '8b2f1c5e-0000-4000-8000-000000000001';
	await Promise.all([mkdir(dataDir), writeFile(path.join(root, 'instance-id'), `${cuk}\n`), installPrograms(shell, bin)]);
	const place = {shell, root, dataDir, runDir, configDir, database, bin, group, controlPort, cuk, name: 'node-1.example', k2hr3};
	t.teardown(async () => {
		await k2hr3.stop();
		// What the entrypoint had just started may still write.
		await rm(root, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
		await runCommand('sh', ['-c', `rm -f /tmp/${group}-*`]);
	});
	return {...place, env: environmentOf(place)};
};

const invocations: Readonly<Record<Shell, readonly [string, readonly string[]]>> = {
	dash: ['dash', [entrypoint]],
	busybox: ['busybox', ['sh', entrypoint]],
	// What it is when it is called sh.
	bash: ['bash', ['--posix', entrypoint]],
};

export const argvOf = (shell: Shell): readonly [string, readonly string[]] => invocations[shell];

/** Runs one of the entrypoint's commands to its end, as `docker exec` does. */
export const command = async (place: Place, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
	const [program, first] = argvOf(place.shell);
	return runCommand(program, [...first, ...args], {env: {...place.env, ...env}, timeout: 30_000});
};

export type Node = {
	readonly child: ChildProcess;
	readonly output: () => string;
	/** Ends the wait when the text has come, and fails it when the entrypoint ends before. */
	readonly saw: (text: string | RegExp, seconds?: number) => Promise<void>;
	/** The exit code; undefined while it runs. */
	readonly code: () => number | null | undefined;
	/** How it ended, and after how many milliseconds from now. */
	readonly ended: (seconds?: number) => Promise<{readonly code: number | null; readonly took: number}>;
	readonly pidOf: (program: 'chmpx' | 'k2hdkc') => Promise<number>;
};

/** Waits for something. `what` it is goes into the error when it does not come. */
export const until = async (what: () => string, seconds: number, holds: () => boolean | Promise<boolean>): Promise<void> => {
	const deadline = Date.now() + (seconds * 1000);
	while (!await holds()) {
		if (Date.now() > deadline) {
			throw new Error(`not within ${seconds} s: ${what()}`);
		}

		await sleep(20);
	}
};

/** Starts the node and leaves it running; its programs are ended after the test whatever became of it. */
export const startNode = (t: Undoer, place: Place, env: Readonly<Record<string, string>> = {}): Node => {
	const [program, args] = argvOf(place.shell);
	const child = spawn(program, args, {env: {...place.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
	let output = '';
	let code: number | null | undefined;
	const collect = (chunk: string): void => {
		output += chunk;
	};

	child.stdout.setEncoding('utf8').on('data', collect);
	child.stderr.setEncoding('utf8').on('data', collect);

	child.on('exit', ended => {
		code = ended;
	});
	const closed = once(child, 'close');
	const pidOf = async (name: string): Promise<number> => Number(await readFile(path.join(place.runDir, `${name}.pid`), 'utf8'));
	t.teardown(async () => {
		child.kill('SIGKILL');
		for (const name of ['chmpx', 'k2hdkc']) {
			try {
				process.kill(await pidOf(name), 'SIGKILL');
			} catch {
				// It has ended, as it should.
			}
		}
	});
	return {
		child,
		output: () => output,
		async saw(text, seconds = 20) {
			const found = (): boolean => typeof text === 'string' ? output.includes(text) : text.test(output);
			await until(() => `${String(text)} in the output:\n${output}`, seconds, () => found() || code !== undefined);
			if (!found()) {
				throw new Error(`ended with ${code} before ${String(text)}\n${output}`);
			}
		},
		code: () => code,
		async ended(seconds = 15) {
			const begun = Date.now();
			await until(() => `the end of the entrypoint:\n${output}`, seconds, () => code !== undefined);
			const took = Date.now() - begun;
			// What it wrote last may not be read yet; programs that outlive it keep the pipe open.
			await Promise.race([closed, sleep(500)]);
			return {code: code!, took};
		},
		pidOf,
	};
};

export const statusOf = async (place: Place): Promise<string> => (await command(place, ['status'])).stdout.trim();

/** A second server of the ring, which exists on paper only: it takes over what the node serves. */
export const second = {name: 'node-2.example', cuk: '8b2f1c5e-0000-4000-8000-000000000002'};

export const addSecond = async (place: Place, node: Node): Promise<void> => {
	place.k2hr3.members.set(second.cuk, second);
	await node.saw('2 servers after the configuration has changed');
};

/** Starts the node and waits until `status` says that it serves. */
export const startHealthyNode = async (t: Undoer, place: Place, env: Readonly<Record<string, string>> = {}): Promise<Node> => {
	const node = startNode(t, place, env);
	await node.saw('In service');
	return node;
};
