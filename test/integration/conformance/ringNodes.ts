import {spawn, type ChildProcess} from 'node:child_process';
import {mkdir, mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {startK2hr3, type ClusterOptions} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import {createRingNetwork, type RingHost} from '../../fixtures/ringNetwork.js';
import {runCommand} from '../../helpers/runCommand.js';
import {until} from '../entrypoint/place.js';
import {programsEnv} from './programs.js';

const entrypoint = path.resolve('images/database/k2hdkctrove.sh');
const database = '/tmp/database.k2h';
const [port, controlPort, slavePort] = [8020, 8021, 8031];

const script = (lines: readonly string[]): string => [...lines, 'exit', ''].join('\n');

export type RingNode = {
	readonly address: string;
	readonly output: () => string;
	readonly healthy: () => Promise<void>;
	/** Whether it has the other one in its list. */
	readonly knows: (other: RingNode) => Promise<boolean>;
	/** Those keys that are not in its database. */
	readonly lacks: (names: readonly string[]) => Promise<readonly string[]>;
	/** Takes it out of the ring and of K2HR3, once the others have what it serves. */
	readonly leave: () => Promise<void>;
	/** Ends it as Docker does. */
	readonly end: () => Promise<void>;
};

const launch = (t: ExecutionContext, host: RingHost, argv: readonly string[], env: NodeJS.ProcessEnv): {readonly child: ChildProcess; readonly output: () => string} => {
	const [command, ...args] = [...host.prefix, ...argv];
	const child = spawn(command!, args, {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe'], detached: true});
	let output = '';
	const collect = (text: string): void => {
		output += text;
	};

	child.stdout.setEncoding('utf8').on('data', collect);
	child.stderr.setEncoding('utf8').on('data', collect);

	t.teardown(() => {
		try {
			process.kill(-child.pid!, 'SIGKILL');
		} catch {
			// It has ended, as it should.
		}
	});
	return {child, output: () => output};
};

const insideOf = (child: ChildProcess, env: NodeJS.ProcessEnv) => async (...argv: readonly string[]): Promise<string> => {
	const {stdout, stderr} = await runCommand('nsenter', ['--target', String(child.pid), '--net', '--ipc', '--mount', ...argv], {env: {...process.env, ...env}, timeout: 300_000});
	return stdout + stderr;
};

/** Nodes under the entrypoint, each with a network, IPC objects and a `/tmp` of its own, and a K2HR3 that they all ask. The last host is for a client. */
export const openRing = async (t: ExecutionContext, size: number, more: Pick<ClusterOptions, 'replica'> = {}) => {
	// Not in `/tmp`, of which each node has another.
	const root = await mkdtemp('/var/tmp/k2hdkc-ring-');
	const network = await createRingNetwork(size + 1);
	const client = network.hosts[size]!;
	const options = {
		// In `/tmp` each node has a database of its own.
		group: path.basename(root), port, controlPort, databaseFile: database, address: network.address,
		slaves: [{name: client.address, cuk: 'client'}], ...more,
	};
	const k2hr3 = await startK2hr3(options);
	t.teardown(async () => {
		await k2hr3.stop();
		await network.remove();
		await rm(root, {recursive: true, force: true});
	});

	const start = async (index: number): Promise<RingNode> => {
		const host = network.hosts[index]!;
		const place = path.join(root, `node-${index + 1}`);
		const cuk = `8b2f1c5e-0000-4000-8000-00000000000${index + 1}`;
		await mkdir(path.join(place, 'data'), {recursive: true});
		await writeFile(path.join(place, 'instance-id'), `${cuk}\n`);
		const env = {
			...programsEnv(),
			cluster_name: options.group, extdata_url: k2hr3.extdataUrl,
			chmpx_server_port: String(port), chmpx_server_ctlport: String(controlPort), chmpx_slave_ctlport: String(slavePort),
			K2HDKCTROVE_CONFIG_DIR: path.join(place, 'etc'), K2HDKCTROVE_DATA_DIR: path.join(place, 'data'), K2HDKCTROVE_RUN_DIR: path.join(place, 'run'),
			K2HDKCTROVE_INSTANCE_ID_FILE: path.join(place, 'instance-id'), K2HDKCTROVE_NODE_NAME: host.address,
		};
		const {child, output} = launch(t, host, ['sh', entrypoint], env);
		const inside = insideOf(child, env);
		const entry = async (...args: readonly string[]): Promise<string> => inside('sh', entrypoint, ...args);
		return {
			output, address: host.address,
			healthy: async () => until(() => `node ${index + 1} HEALTHY:\n${output()}`, 150, async () => await entry('status') === 'HEALTHY\n'),
			knows: async ({address}) => (await inside('sh', '-c', `printf 'ALLSTATUS\\n' | curl --silent --max-time 2 telnet://${host.address}:${controlPort}`)).includes(address),
			async lacks(names) {
				const file = path.join(place, 'commands');
				await writeFile(file, script(names.map(name => `print ${name}`)));
				const said = await inside('k2hlinetool', '-f', database, '-run', file);
				return names.filter(name => !said.includes(`"value of ${name}"`));
			},
			async leave() {
				t.log((await entry('stop', '60')).trim());
			},
			async end() {
				child.kill('SIGTERM');
				await until(() => `the end of node ${index + 1}:\n${output()}`, 20, () => child.exitCode !== null);
			},
		};
	};

	/** A slave node. It registers nowhere: its address is in the configuration. */
	const startClient = async () => {
		const ini = path.join(root, 'slave.ini');
		const follow = async (): Promise<void> => {
			// By rename: chmpx ends when it reads half of it.
			await writeFile(`${ini}.new`, k2hr3.slaveConfiguration());
			await rename(`${ini}.new`, ini);
		};

		await follow();
		const {child, output} = launch(t, client, ['chmpx', '-conf', ini, '-d', 'err'], programsEnv());
		const inside = insideOf(child, programsEnv());
		/** Runs commands of k2hdkclinetool with the configuration of now. */
		const tool = async (commands: readonly string[]): Promise<string> => {
			await follow();
			const file = path.join(root, 'commands');
			await writeFile(file, script(commands));
			return inside('k2hdkclinetool', '-conf', ini, '-ctlport', String(slavePort), '-run', file);
		};

		const missingOnce = async (names: readonly string[]): Promise<readonly string[]> => {
			const said = await tool(names.map(name => `print ${name}`));
			return names.filter(name => !said.includes(`"${name}" => "value of ${name}"`));
		};

		/** Those that do not have their value. On a busy machine a question gets no answer in time now and then: what is lost stays so. */
		const missing = async (names: readonly string[]): Promise<readonly string[]> => {
			let left = names;
			for (let tries = 0; tries < 5 && left.length > 0; tries++) {
				left = await missingOnce(left);
			}

			return left;
		};

		return {
			output, missing,
			async set(names: readonly string[]): Promise<void> {
				for (let tries = 0, left = names; tries < 5 && left.length > 0; tries++) {
					await tool(left.map(name => `set ${name} "value of ${name}"`));
					left = await missingOnce(left);
				}
			},
		};
	};

	return {start, startClient};
};
