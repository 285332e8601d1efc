import {spawn, type ChildProcess} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {networkInterfaces, tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {lowPort} from '../../helpers/freePort.js';
import {runCommand, type Outcome} from '../../helpers/runCommand.js';

/** Where the programs under test are: real ones with this variable, a prefix like /usr; the stand-ins without. */
export const prefix = process.env.TEST_K2HDKC_PREFIX;

const directories = prefix === undefined ? [path.resolve('test/fixtures/k2hdkcStandIn/bin')] : [path.join(prefix, 'bin'), path.join(prefix, 'sbin')];

/** What a process needs to find them. */
export const programsEnv = (searched = process.env.PATH ?? ''): Readonly<Record<string, string>> => ({
	PATH: [...directories, searched].join(':'), ...(prefix !== undefined && {LD_LIBRARY_PATH: path.join(prefix, 'lib')}),
});

/** A node looks for itself by address, and never finds a loopback one; the stand-ins resolve nothing. */
export const ownAddress = (): string => Object.values(networkInterfaces()).flatMap(list => list ?? []).find(({internal, family}) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';

export type Ring = {
	readonly root: string;
	readonly ini: string;
	readonly node: string;
	/** Without the seed, as nobody knows the node. */
	readonly nodeWithoutSeed: string;
	readonly controlPort: number;
	readonly start: (program: 'chmpx' | 'k2hdkc') => ChildProcess;
	readonly run: (program: string, args: readonly string[]) => Promise<Outcome>;
	/** Runs the lines of a command file with a tool. */
	readonly runLines: (program: string, args: readonly string[], lines: readonly string[]) => Promise<Outcome>;
	/** The status of the own node that chmpxstatus prints. */
	readonly status: () => Promise<string>;
	/** Waits until the status is as wanted; the last one when it does not become so. */
	readonly statusBecomes: (wanted: RegExp, seconds?: number) => Promise<string>;
	readonly stop: () => Promise<void>;
};

const configurationOf = (values: Readonly<Record<string, string | number>>, name: string, seed: string, database: string): string => `[GLOBAL]
FILEVERSION = 1
GROUP = ${values.group}
MODE = SERVER
CHMPXIDTYPE = CUSTOM
DELIVERMODE = hash
MAXCHMPX = 8
REPLICA = 0
MAXMQSERVER = 8
MAXMQCLIENT = 8
MQACK = no
MQPERATTACH = 1
MAXQPERSERVERMQ = 8
MAXQPERCLIENTMQ = 8
MAXMQPERCLIENT = 8
PORT = ${values.port}
CTLPORT = ${values.controlPort}
SELFCTLPORT = ${values.controlPort}
SELFCUK = conformance-cuk
AUTOMERGE = on
DOMERGE = on
SSL = no
K2HFULLMAP = on
K2HMASKBIT = 4
K2HCMASKBIT = 4
K2HMAXELE = 8

[SVRNODE]
NAME = ${name}
CUK = conformance-cuk
PORT = ${values.port}
CTLPORT = ${values.controlPort}
CUSTOM_ID_SEED = ${seed}
SSL = no

[SLVNODE]
NAME = 127.0.0.1
CUK = dummy_cuk
CTLPORT = 8031

[K2HDKC]
K2HTYPE = file
K2HFILE = ${database}
K2HFULLMAP = on
K2HINIT = no
K2HMASKBIT = 4
K2HCMASKBIT = 4
K2HMAXELE = 8
K2HPAGESIZE = 512
MAXTHREAD = 2
`;

/** A ring of one server, with nothing running yet. */
export const makeRing = async (): Promise<Ring> => {
	const root = await mkdtemp(path.join(tmpdir(), 'k2hdkc-conformance-'));
	const [port, controlPort, name, seed] = [await lowPort(), await lowPort(), ownAddress(), 'conformance-seed'];
	const ini = path.join(root, 'server.ini');
	const group = path.basename(root);
	await writeFile(ini, configurationOf({group, port, controlPort}, name, seed, path.join(root, 'k2hdkc.k2h')));
	const env = {...process.env, ...programsEnv()};
	const children: ChildProcess[] = [];
	const run: Ring['run'] = async (program, args) => runCommand(program, args, {env, timeout: 20_000});
	const status = async (): Promise<string> => /^\s*status\s*=\s*(.*)$/m.exec((await run('chmpxstatus', ['-conf', ini, '-self'])).stdout)?.[1] ?? '';
	return {
		root, ini, controlPort, run, status,
		node: `${name}:${controlPort}:conformance-cuk:${seed}:`,
		nodeWithoutSeed: `${name}:${controlPort}:conformance-cuk::`,
		start(program) {
			const child = spawn(program, ['-conf', ini], {env, stdio: 'ignore'});
			children.push(child);
			return child;
		},
		async runLines(program, args, lines) {
			const file = path.join(root, 'lines');
			await writeFile(file, `${lines.join('\n')}\nexit\n`);
			return run(program, [...args, '-run', file]);
		},
		async statusBecomes(wanted, seconds = 20) {
			const deadline = Date.now() + (seconds * 1000);
			let last = await status();
			while (!wanted.test(last) && Date.now() < deadline) {
				await sleep(100);
				last = await status();
			}

			return last;
		},
		async stop() {
			for (const child of children.toReversed()) {
				child.kill('SIGKILL');
			}

			await rm(root, {recursive: true, force: true});
			await runCommand('sh', ['-c', `rm -f /tmp/${group}-*`]);
		},
	};
};
