import {readFile, stat} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {transportOf} from '../../../scripts/machines/createMachine.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {holdLock} from '../../../scripts/machines/lockHolder.js';
import {connectSsh} from '../../../scripts/machines/ssh.js';
import type {LockResult, Machine} from '../../../scripts/machines/types.js';
import {createCutNetwork, cutNetworkNeeds, type CutNetwork} from '../../fixtures/cutNetwork.js';
import {startResettingProxy, type ResettingProxy} from '../../fixtures/resettingProxy.js';
import {sshServerNeeds, startSshServer, type SshServer} from '../../fixtures/sshServer.js';
import {needs} from '../../helpers/needs.js';
import {errorOf, shell} from './contract/stage.js';

const wanted = {root: true, commands: {...cutNetworkNeeds.commands, ...sshServerNeeds.commands}} as const;

/** Seconds: short, so that a dead link is found within two. */
const timing = {connectTimeout: 3, keepalive: 0.5, keepaliveTries: 3, reconnect: 20};

type Scene = {
	readonly machine: Machine;
	readonly server: SshServer;
	readonly network: CutNetwork;
	/** Between the machine and the server, where the test asks for it. */
	readonly proxy: ResettingProxy;
	/** For jobs. */
	readonly directory: string;
	readonly connect: (reconnect?: number) => Promise<Machine>;
};

const withScene = async (t: ExecutionContext, play: (scene: Scene) => Promise<void>, isProxied = false): Promise<void> => {
	if (!await needs(t, wanted)) {
		return;
	}

	const network = await createCutNetwork();
	t.teardown(network.remove);
	const server = await startSshServer({address: network.address, prefix: network.prefix});
	t.teardown(server.stop);
	const proxy = await startResettingProxy(network.address, server.port);
	t.teardown(proxy.stop);
	const connect = async (reconnect = timing.reconnect): Promise<Machine> => {
		const machine = await connectSsh(isProxied ? `ssh://root@127.0.0.1:${proxy.port}` : server.url, {identityFile: server.identityFile, knownHosts: server.knownHosts, timing: {...timing, reconnect}});
		t.teardown(machine.close);
		return machine;
	};

	await play({
		network, server, proxy, connect, machine: await connect(), directory: `${server.directory}/jobs`,
	});
};

const lost = async (lock: LockResult): Promise<string> => lock.held ? lock.lost : 'never held';
const release = async (lock: LockResult): Promise<void> => lock.held ? lock.release() : undefined;

/** Whether somebody has the lock, as the kernel sees it: asking by taking it would be in the way of whoever takes it again. */
const isTaken = async (file: string): Promise<boolean> => {
	const {ino} = await stat(`${file}.flock`);
	return (await readFile('/proc/locks', 'utf8')).includes(`:${ino} `);
};

type Cut = {
	readonly title: string;
	/** Cuts the link, and lets it come back after some seconds. */
	readonly cut: (scene: Scene) => Promise<void>;
	/** Seconds in which a command that was running must fail. */
	readonly within: number;
	readonly isProxied?: true;
};

const cuts: readonly Cut[] = [
	{
		title: 'the link goes down for 4 s',
		async cut({network}) {
			await network.down();
			await sleep(4000);
			await network.up();
		},
		within: 3.5,
	},
	{
		title: 'the sshd of the session is killed',
		cut: async ({server}) => server.killSessions(),
		within: 1,
	},
	{
		title: 'the connection is reset, and so is every new one for 2 s',
		async cut({proxy}) {
			proxy.reset();
			await sleep(2000);
			proxy.heal();
		},
		within: 1,
		isProxied: true,
	},
];

for (const {title, cut, within, isProxied} of cuts) {
	test.serial(`${title}: a command has an unknown outcome, soon, and the next one works`, async t => {
		await withScene(t, async scene => {
			const {machine} = scene;
			const ending = errorOf(t, machine.run(shell('echo begun; sleep 30; echo ended')), 'unknown');
			const silent = errorOf(t, machine.run(['sleep', '30']), 'unknown');
			await sleep(500);
			const begin = performance.now();
			const cutting = cut(scene);
			const error = await ending;
			await silent;
			const seconds = (performance.now() - begin) / 1000;
			t.true(seconds < within, `known after ${seconds} s`);
			t.is(error.code, undefined);
			t.deepEqual(error.lastLines, ['begun']);
			t.regex(error.message, /exit code was lost/);
			t.is((await machine.run(['echo', 'back'])).stdout, 'back\n', 'the next command waits for the link');
			await cutting;
		}, isProxied);
	});

	test.serial(`${title}: a job goes on, is attached to again, and ends with its code and every line once`, async t => {
		await withScene(t, async scene => {
			const {machine, directory} = scene;
			await machine.startJob({id: 'count', directory, argv: shell('for i in $(seq 1 80); do echo "line $i"; sleep 0.1; done; exit 7')});
			const lines: string[] = [];
			const following = machine.followJob(directory, 'count', {
				onLine(line) {
					lines.push(line);
				},
			});
			await sleep(1000);
			const seen = lines.length;
			t.true(seen > 3 && seen < 40, `${seen} lines before the cut`);
			await cut(scene);
			const {code} = await following;
			t.is(code, 7);
			t.deepEqual(lines, Array.from({length: 80}, (_, index) => `line ${index + 1}`));
			t.deepEqual(await machine.jobState(directory, 'count'), {state: 'ended', code: 7});
		}, isProxied);
	});

	test.serial(`${title}: a lock is kept`, async t => {
		await withScene(t, async scene => {
			const {machine, server} = scene;
			const file = `${server.directory}/lock`;
			const lock = await holdLock(transportOf(machine), file, 'ours', {beat: 0.3, silence: 8});
			t.true(lock.held);
			await cut(scene);
			await sleep(2000);
			for (const end = Date.now() + (timing.reconnect * 1000); Date.now() < end && !await isTaken(file);) {
				await sleep(100);
			}

			const other = await createLocalMachine().hold(file, 'other');
			t.like(other, {held: false, info: 'ours'});
			t.is(await Promise.race([lost(lock), sleep(10, 'kept')]), 'kept');
			await release(lock);
			t.is(await machine.read(file), undefined);
		}, isProxied);
	});
}

test.serial('an action that may be repeated is repeated', async t => {
	await withScene(t, async ({machine, server, directory}) => {
		await machine.startJob({id: 'one', directory, argv: ['true']});
		for (let count = 0; count < 4; count++) {
			const looking = machine.jobState(directory, 'one');
			await server.killSessions();
			t.like(await looking, {state: 'ended', code: 0});
		}
	});
});

test.serial('a link that does not come back ends the following, not the job', async t => {
	await withScene(t, async ({connect, network, directory}) => {
		const machine = await connect(2);
		await machine.startJob({id: 'far', directory, argv: shell('sleep 5; exit 3')});
		const following = machine.followJob(directory, 'far');
		await sleep(300);
		await network.down();
		const error = await t.throwsAsync(following, {code: 'K2D5005'});
		t.regex(error.message, /was lost and did not come back within 2 s/);
		await t.throwsAsync(machine.run(['true']), {code: 'K2D5005'});
		await network.up();
		t.is((await machine.followJob(directory, 'far')).code, 3);
	});
});

test.serial('a server that freezes is found out', async t => {
	await withScene(t, async ({machine, server}) => {
		const ending = errorOf(t, machine.run(['sleep', '30']), 'unknown');
		await sleep(300);
		await server.signalSessions('SIGSTOP');
		const error = await ending;
		t.true(error.seconds < 4, error.message);
		t.regex(error.message, /does not answer any more/);
	});
});

test.serial('a lock that another took while the link was gone is lost, and said so', async t => {
	await withScene(t, async ({machine, server, network}) => {
		const file = `${server.directory}/lock`;
		const lock = await holdLock(transportOf(machine), file, 'ours', {beat: 0.3, silence: 1});
		t.true(lock.held);
		await network.down();
		// The holder on the other side gives up after a second without a sign of life.
		await sleep(2000);
		const other = await createLocalMachine().hold(file, 'other');
		t.like(other, {held: true, tookOver: 'ours'});
		await network.up();
		t.regex(await lost(lock), /went to another while the link was gone: other/);
		await release(lock);
		t.is(await machine.read(file), 'other\n', 'the release leaves the lock of the other alone');
		await release(other);
	});
});

test.serial('a file whose upload is cut keeps its old content', async t => {
	await withScene(t, async ({machine, server}) => {
		const file = `${server.directory}/file`;
		await machine.write(file, 'old');
		const writing = machine.write(file, 'x'.repeat(60_000_000));
		await sleep(150);
		await server.killSessions();
		const error = await t.throwsAsync(writing);
		t.regex(error.message, /exit code was lost/);
		await sleep(500);
		t.is(await machine.read(file), 'old');
		t.is((await machine.run(shell(`ls -A ${server.directory} | grep -c k2hdkc-devstack`), {allow: 'any'})).stdout, '0\n', 'nothing temporary is left');
	});
});

test.serial('a lock released while the link is away is free soon after the link is back', async t => {
	await withScene(t, async ({machine, server, proxy}) => {
		const file = `${server.directory}/lock`;
		const lock = await holdLock(transportOf(machine), file, 'ours', {beat: 0.3, silence: 20});
		proxy.reset();
		await sleep(500);
		const releasing = release(lock);
		await sleep(500);
		proxy.heal();
		await releasing;
		const other = await createLocalMachine().hold(file, 'other');
		t.true(other.held);
		await release(other);
		t.is(await Promise.race([lost(lock), sleep(10, 'kept')]), 'kept');
	}, true);
});

test.serial('a machine closed while its link is being made again leaves no connection', async t => {
	await withScene(t, async ({machine, server, proxy}) => {
		proxy.reset();
		const running = t.throwsAsync(machine.run(['true']), {code: 'K2D5005'});
		await sleep(300);
		await machine.close();
		proxy.heal();
		await running;
		for (let tries = 0; tries < 30 && (await server.sessions()).length > 0; tries++) {
			await sleep(100);
		}

		t.deepEqual(await server.sessions(), []);
	}, true);
});
