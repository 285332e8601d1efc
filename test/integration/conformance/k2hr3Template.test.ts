import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {lowPort} from '../../helpers/freePort.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {configurationOf, join, partOf, scopedToken, useSystem, what, withoutClient, type Part, type System} from './k2hr3.js';
import {ownAddress, prefix, programsEnv} from './programs.js';

// The template of a cluster, as K2HR3 fills it in. With TEST_K2HDKC_PREFIX the real chmpx and its own test program read what comes out.

const kinds = ['server', 'slave'] as const;
type Kind = typeof kinds[number];
type Counts = Readonly<Record<Kind, number>>;
type Section = {readonly name: string; readonly keys: Readonly<Record<string, string>>};

const sectionsOf = (ini: string): readonly Section[] => ini.split(/^\[/m).slice(1).map(part => {
	const [name, ...lines] = part.split('\n');
	return {name: name!.replace(']', ''), keys: Object.fromEntries(lines.filter(line => line.includes('=')).map(line => line.split(/\s*=\s*/, 2) as [string, string]))};
});

const named = (ini: string, name: string): ReadonlyArray<Section['keys']> => sectionsOf(ini).filter(each => each.name === name).map(({keys}) => keys);

/** The first node of a kind is this host, where chmpx is started; the others are from a range for documentation. */
const addressOf = (kind: Kind, index: number): string => index === 0 ? ownAddress() : `192.0.2.${(kind === 'server' ? 10 : 100) + index}`;

/** The client shows the addresses of the registration documents to nobody but Trove. */
const partOfCluster = async (system: System, cluster: string, kind: Kind): Promise<Part> => {
	const {data} = await system.ask('GET', `/v1/role/token/list/${cluster}/${kind}?expand=true`, {token: await scopedToken(system)});
	return partOf(system, `${system.url}/v1/extdata/trove/${Object.values(data.tokens)[0]!.registerpath}`);
};

const joinAll = async (system: System, parts: Readonly<Record<Kind, Part>>, counts: Counts): Promise<void> => {
	for (const kind of kinds) {
		for (let index = 0; index < counts[kind]; index++) {
			await join(system, parts[kind], addressOf(kind, index), `${kind}-${index}`);
		}
	}
};

/** Registers a cluster and its nodes; the configurations of the first server and the first slave. */
const fillIn = async (t: ExecutionContext, system: System, counts: Counts): Promise<Readonly<Record<Kind, string>>> => {
	const name = `template-${randomBytes(4).toString('hex')}`;
	const values = {'chmpx-server-port': await lowPort(), 'chmpx-server-ctlport': await lowPort(), 'chmpx-slave-ctlport': await lowPort(), 'chmpx-replica': 0};
	const made = await system.client('register', name, ...Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]));
	t.is(made.cluster, name, JSON.stringify(made));
	const parts = {server: await partOfCluster(system, name, 'server'), slave: await partOfCluster(system, name, 'slave')};
	await joinAll(system, parts, counts);
	const textOf = async (kind: Kind): Promise<string> => {
		const {data} = await configurationOf(system, parts[kind]);
		return data.resource.replaceAll('__SELF_INSTANCE_ID__', `${kind}-0`);
	};

	const texts = {server: await textOf('server'), slave: await textOf('slave')};
	t.true((await system.client('unregister', name)).removed);
	return texts;
};

const statusOf = async (file: string, env: Readonly<Record<string, string>>): Promise<string> =>
	/^\s*status\s*=\s*(.*)$/m.exec((await runCommand('chmpxstatus', ['-conf', file, '-self'], {env, timeout: 20_000})).stdout)?.[1] ?? '';

/** Starts chmpx with a configuration: the status that it reaches within 20 s. */
const startChmpx = async (file: string, wanted: RegExp, env: Readonly<Record<string, string>>): Promise<string> => {
	const child = spawn('chmpx', ['-conf', file], {env, stdio: 'ignore'});
	try {
		const deadline = Date.now() + 20_000;
		let status = '';
		while (!wanted.test(status) && Date.now() < deadline && child.exitCode === null) {
			await sleep(200);
			status = await statusOf(file, env);
		}

		return child.exitCode === null ? status : `ended with ${child.exitCode}`;
	} finally {
		child.kill('SIGKILL');
	}
};

const readByChmpx = async (t: ExecutionContext, ini: string, wanted: RegExp): Promise<void> => {
	const root = await mkdtemp(path.join(tmpdir(), 'k2hr3-template-'));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	const file = path.join(root, 'k2hdkc.ini');
	await writeFile(file, ini);
	const env = {...process.env as Readonly<Record<string, string>>, ...programsEnv()};
	const {stdout, stderr} = await runCommand('chmpxconftest', ['-conf', file, '-no_check_update', '-d', 'err'], {env, timeout: 20_000});
	t.notRegex(stdout + stderr, /CHMPX-ERR/);
	t.is(stdout.match(/\bserver\[\d+]{/g)?.length, named(ini, 'SVRNODE').length, stdout);
	t.regex(await startChmpx(file, wanted, env), wanted);
	await runCommand('sh', ['-c', `rm -f /tmp/${named(ini, 'GLOBAL')[0]!.GROUP!}-*`]);
};

for (const server of [1, 2, 3, 5]) {
	for (const slave of [0, 2]) {
		test(`${what}: the configuration of ${server} servers and ${slave} slaves`, async t => {
			if (!await needs(t, {missing: await withoutClient()})) {
				return;
			}

			const texts = await fillIn(t, await useSystem(t), {server, slave});
			for (const kind of kinds) {
				const ini = texts[kind];
				const [global] = named(ini, 'GLOBAL');
				t.is(global!.MODE, kind.toUpperCase());
				t.is(global!.SELFCUK, `${kind}-0`);
				t.deepEqual(named(ini, 'SVRNODE').map(({NAME, CUK, CUSTOM_ID_SEED}) => [NAME, CUK, CUSTOM_ID_SEED]), Array.from({length: server}, (_, index) => [addressOf('server', index), `server-${index}`, `server-${index}`]));
				t.deepEqual(named(ini, 'SLVNODE').map(({NAME}) => NAME), slave === 0 ? ['127.0.0.1'] : Array.from({length: slave}, (_, index) => addressOf('slave', index)));
				t.is(named(ini, 'K2HDKC').length, kind === 'server' ? 1 : 0);
			}

			if (prefix !== undefined) {
				await readByChmpx(t, texts.server, /\[SERVICE OUT]\[UP]/);
				if (slave > 0) {
					await readByChmpx(t, texts.slave, /\[SLAVE]\[UP]/);
				}
			}
		});
	}
}
