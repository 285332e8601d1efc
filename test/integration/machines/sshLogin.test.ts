import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {openMachine} from '../../../scripts/machines/openMachine.js';
import type {SshOptions} from '../../../scripts/machines/ssh.js';
import type {Machine} from '../../../scripts/machines/types.js';
import {sshServerNeeds, startSshServer, type SshServer, type SshServerOptions} from '../../fixtures/sshServer.js';
import {needs} from '../../helpers/needs.js';

const run = promisify(execFile);

type Scene = {readonly server: SshServer; readonly directory: string; readonly connect: (options?: SshOptions, url?: string) => Promise<Machine>};

// The agent and the keys of whoever runs the tests stay out of them.
const withScene = async (t: ExecutionContext, play: (scene: Scene) => Promise<void>, options: SshServerOptions = {}): Promise<void> => {
	if (!await needs(t, sshServerNeeds)) {
		return;
	}

	const {HOME: home, SSH_AUTH_SOCK: agent} = process.env;
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-home-'));
	process.env.HOME = directory;
	delete process.env.SSH_AUTH_SOCK;
	t.teardown(async () => {
		Object.assign(process.env, {...(home !== undefined && {HOME: home}), ...(agent !== undefined && {SSH_AUTH_SOCK: agent})});
		await rm(directory, {recursive: true});
	});
	const server = await startSshServer(options);
	t.teardown(server.stop);
	const connect = async (given: SshOptions = {}, url = server.url): Promise<Machine> => {
		const machine = await openMachine(url, {identityFile: server.identityFile, knownHosts: server.knownHosts, timing: {connectTimeout: 5}, ...given});
		t.teardown(machine.close);
		return machine;
	};

	await play({server, directory, connect});
};

const works = async (t: ExecutionContext, machine: Machine): Promise<void> => {
	const {stdout} = await machine.run(['echo', 'in']);
	t.is(stdout, 'in\n');
};

test.serial('an unknown host key is refused, with its fingerprint', async t => {
	await withScene(t, async ({server, directory, connect}) => {
		const empty = path.join(directory, 'empty');
		const error = await t.throwsAsync(connect({knownHosts: empty}), {code: 'K2D5002'});
		const {stdout} = await run('ssh-keygen', ['-l', '-f', path.join(server.directory, 'host.pub')]);
		t.true(error.message.includes(stdout.split(' ')[1]!), error.message);
		t.true(error.message.includes(empty));
	});
});

test.serial('a first-use key is pinned in a file of the tool, then known, and refused when it changes', async t => {
	await withScene(t, async ({server, directory, connect}) => {
		const notices: string[] = [];
		const options: SshOptions = {
			knownHosts: path.join(directory, 'none'), hostKey: 'first-use',
			onNotice(message) {
				notices.push(message);
			},
		};
		await works(t, await connect(options));
		t.is(notices.length, 1);
		t.regex(notices[0]!, /was not known before. It is pinned now: ssh-ed25519 SHA256:/);
		const pinned = path.join(directory, '.config/k2hdkc-devstack/known_hosts');
		const {mode} = await stat(pinned);
		t.is(mode & 0o777, 0o600);
		const content = await readFile(pinned, 'utf8');
		t.true(content.startsWith(`[127.0.0.1]:${server.port} ssh-ed25519 `));
		await works(t, await connect(options));
		await works(t, await connect({knownHosts: path.join(directory, 'none')}));
		t.is(notices.length, 1);
		await writeFile(pinned, content.replace(/ A{4}.*/, ` ${Buffer.from('\0\0\0\u000Bssh-ed25519other').toString('base64')}`));
		const error = await t.throwsAsync(connect(options), {code: 'K2D5003'});
		t.regex(error.message, /shows the host key ssh-ed25519 SHA256:.*, but another one is on record in .*known_hosts, line 1/);
		t.regex((error as Error & {details: {remedy: string}}).details.remedy, /ssh-keygen -R '\[127\.0\.0\.1]:\d+' -f .*known_hosts/);
	});
});

test.serial('the command of the remedy removes the key', async t => {
	await withScene(t, async ({server, directory, connect}) => {
		const other = path.join(directory, 'other');
		await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
		const knownHosts = path.join(directory, 'known');
		await writeFile(knownHosts, `[127.0.0.1]:${server.port} ${await readFile(`${other}.pub`, 'utf8')}`);
		const error = await t.throwsAsync(connect({knownHosts}), {code: 'K2D5003'});
		const [, command] = /`([^`]+)`/.exec((error as Error & {details: {remedy: string}}).details.remedy)!;
		await run('sh', ['-c', command!]);
		await works(t, await connect({knownHosts, hostKey: 'first-use'}));
	});
});

test.serial('names hashed by ssh-keygen are understood', async t => {
	await withScene(t, async ({server, directory, connect}) => {
		const knownHosts = path.join(directory, 'hashed');
		const [, ...key] = (await readFile(server.knownHosts, 'utf8')).split(' ');
		await writeFile(knownHosts, `[127.0.0.1]:${server.port} ${key.join(' ')}`);
		await run('ssh-keygen', ['-q', '-H', '-f', knownHosts]);
		t.true((await readFile(knownHosts, 'utf8')).startsWith('|1|'));
		await works(t, await connect({knownHosts}));
	});
});

test.serial('a server with several keys shows the one that is on record', async t => {
	await withScene(t, async ({connect}) => {
		await works(t, await connect());
	}, {hostKeyTypes: ['rsa', 'ecdsa', 'ed25519'], known: 'rsa'});
});

test.serial('the agent logs in', async t => {
	await withScene(t, async ({server, directory, connect}) => {
		const socket = path.join(directory, 'agent');
		const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'inherit']});
		t.teardown(async () => {
			agent.kill();
			await once(agent, 'close');
		});
		await once(agent.stdout, 'data');
		await run('ssh-add', ['-q', server.identityFile], {env: {...process.env, SSH_AUTH_SOCK: socket}});
		process.env.SSH_AUTH_SOCK = socket;
		await works(t, await connect({identityFile: null}));
	});
});

test.serial('the usual key file logs in', async t => {
	await withScene(t, async ({server, directory, connect}) => {
		await run('install', ['-D', '-m', '600', server.identityFile, path.join(directory, '.ssh/id_ed25519')]);
		await works(t, await connect({identityFile: null}));
	});
});

test.serial('no key, a wrong key, a key with a passphrase, a file that is no key: each says so', async t => {
	await withScene(t, async ({server, directory, connect}) => {
		const wrong = path.join(directory, 'wrong');
		const locked = path.join(directory, 'locked');
		await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', wrong]);
		await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', locked]);
		const cases: ReadonlyArray<readonly [file: string | null, message: RegExp]> = [
			[null, /There is no key to log in with as .*: no agent in SSH_AUTH_SOCK, and none of .*id_ed25519.* is there/],
			[wrong, new RegExp(`refuses the login. Tried: ${wrong}`)],
			[locked, /cannot be used: has a passphrase: add it to the agent with ssh-add/],
			[server.knownHosts, /cannot be used: not a private key/],
			[path.join(directory, 'missing'), /cannot be used: not there/],
		];
		for (const [identityFile, message] of cases) {
			await t.throwsAsync(connect({identityFile}), {code: 'K2D5004', message});
		}
	});
});

test.serial('where nobody listens, and what is no SSH server, are said at once', async t => {
	await withScene(t, async ({connect}) => {
		await t.throwsAsync(connect({}, 'ssh://root@127.0.0.1:1'), {code: 'K2D5001', message: /cannot be reached: nothing listens on that port/});
		await t.throwsAsync(connect({}, 'ssh://root@no-such-host.invalid'), {code: 'K2D5001', message: /no such host name|cannot be looked up/});
		await t.throwsAsync(connect({}, 'somewhere'), {code: 'K2D5006'});
	});
});

test.serial('a machine that was closed says so', async t => {
	await withScene(t, async ({connect}) => {
		const machine = await connect();
		await machine.close();
		await t.throwsAsync(machine.run(['true']), {code: 'K2D5005', message: /was closed/});
	});
});

test.serial('local needs no connection', async t => {
	const machine = await openMachine('local');
	t.is(machine.name, 'local');
	await works(t, machine);
});
