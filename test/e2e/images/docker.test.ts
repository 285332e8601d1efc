import {stat} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {second} from '../../integration/entrypoint/node.js';
import {entrypoint, startContainer, type ContainerOptions, type DatabaseContainer} from '../support/databaseContainer.js';
import {prepareDatabaseImage, realPrefix, type PreparedImage} from '../support/databaseImage.js';
import {hostNeeds} from '../support/tool.js';

const needsStandIns = {...hostNeeds, missing: realPrefix === undefined ? undefined : 'the programs are real'} as const;

let prepared: Promise<PreparedImage> | undefined;

const start = async (t: ExecutionContext, options?: ContainerOptions): Promise<DatabaseContainer> => {
	prepared ??= prepareDatabaseImage(t);
	const {engine, image} = await prepared;
	return startContainer(t, engine, image, options);
};

const startHealthy = async (t: ExecutionContext, options?: ContainerOptions): Promise<DatabaseContainer> => {
	const container = await start(t, options);
	await container.until('HEALTHY', 20, container.isHealthy);
	return container;
};

/** One that ends by itself, and is not started again as Trove's would be: its exit code and log. */
const ended = async (t: ExecutionContext, options: ContainerOptions): Promise<{readonly code: string; readonly log: string; readonly seconds: number}> => {
	const begun = Date.now();
	const container = await start(t, {...options, options: ['--restart', 'no', ...options.options ?? []]});
	await container.until('the end', 30, async () => await container.inspect('{{.State.Status}}') === 'exited');
	return {code: await container.inspect('{{.State.ExitCode}}'), log: await container.log(), seconds: (Date.now() - begun) / 1000};
};

test.after.always(async () => {
	await (await prepared)?.remove();
});

type Inspected = {
	readonly Size: number;
	readonly Config: {
		readonly User: string; readonly ExposedPorts: object; readonly Labels: Readonly<Record<string, string>>;
		readonly Entrypoint: readonly string[]; readonly Healthcheck: {readonly Test: readonly string[]}; readonly Env: readonly string[];
	};
};

test.serial('docker sees the image as its contract says', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	prepared ??= prepareDatabaseImage(t);
	const {engine, image} = await prepared;
	const [{Size: size, Config: config}] = JSON.parse(await engine.done('image', 'inspect', image)) as [Inspected];
	t.is(config.User, '1001:1001');
	t.deepEqual(Object.keys(config.ExposedPorts).toSorted(), ['8020/tcp', '8021/tcp', '8031/tcp']);
	t.like(config.Labels, {'org.opencontainers.image.title': 'k2hdkc-trove', 'org.opencontainers.image.version': '1.0.19', 'org.opencontainers.image.licenses': 'Apache-2.0'});
	t.regex(config.Labels['org.opencontainers.image.source'] ?? '', /^pkg:npm\/k2hdkc-devstack@/);
	t.is(config.Entrypoint.at(-1), entrypoint);
	t.true(config.Healthcheck.Test.join(' ').includes(`${entrypoint} status`));
	t.deepEqual(config.Env.filter(each => /proxy|token|password|secret/i.test(each)), []);
	t.true(size < 400 * 1024 * 1024, `${size} bytes`);
	t.log(`${Math.round(size / 1024 / 1024)} MiB`);
	const look = async (program: string, ...args: readonly string[]): Promise<string> => engine.done('run', '--rm', '--network', 'none', '--entrypoint', program, image, ...args);
	t.is(await look('id'), 'uid=1001(database) gid=1001(database) groups=1001(database)\n');
	t.is(await look('sh', '-c', 'find / -xdev \\( -type f -perm /6000 -o -type d -perm -0002 ! -perm -1000 \\) 2>/dev/null || true'), '');
});

test.serial('as Trove starts it: starting, healthy, out of its ring and out of K2HR3 by docker stop', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const begun = Date.now();
	const container = await start(t);
	t.is(await container.inspect('{{.State.Health.Status}}'), 'starting');
	await container.until('HEALTHY', 20, container.isHealthy);
	t.log(`HEALTHY after ${Date.now() - begun} ms`);
	t.true(container.k2hr3.members.has(container.cuk));
	await container.until('docker says healthy', 30, async () => await container.inspect('{{.State.Health.Status}}') === 'healthy');
	t.log(`healthy for docker after ${Date.now() - begun} ms`);
	t.is((await container.exec('cat', '/proc/sys/fs/mqueue/msg_max')).stdout, '136\n');
	t.regex((await container.exec('id')).stdout, /^uid=1001\b/);
	const log = await container.log();
	t.deepEqual(container.k2hr3.secrets.filter(secret => log.includes(secret)), [], 'no token in the log');

	const {engine} = await prepared!;
	const stopped = Date.now();
	await engine.done('stop', 'database');
	t.log(`stopped in ${Date.now() - stopped} ms`);
	t.is(await container.inspect('{{.State.ExitCode}} {{.State.OOMKilled}}'), '0 false');
	t.is(container.k2hr3.members.size, 0);

	await engine.done('start', 'database');
	await container.until('HEALTHY again', 20, container.isHealthy);
	t.true(container.k2hr3.members.has(container.cuk));
});

test.serial('a node that is not the only one goes out of service before it ends', async t => {
	if (!await needs(t, needsStandIns)) {
		return;
	}

	const container = await startHealthy(t);
	container.k2hr3.members.set(second.cuk, second);
	await container.until('the second member', 10, async () => (await container.log()).includes('2 servers after the configuration has changed'));
	await (await prepared!).engine.done('stop', 'database');
	t.is(await container.inspect('{{.State.ExitCode}}'), '0');
	t.regex(await container.log(), /serviceout of /);
	t.notRegex(await container.log(), /no node is succeed|still in service/);
	t.deepEqual([...container.k2hr3.members.keys()], [second.cuk]);
});

test.serial('killed, it is started again by docker and serves', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const container = await startHealthy(t);
	// Not `docker kill`, after which docker starts nothing again.
	process.kill(Number(await container.inspect('{{.State.Pid}}')), 'SIGKILL');
	await container.until('another start', 20, async () => await container.inspect('{{.RestartCount}} {{.State.Status}}') === '1 running');
	await container.until('HEALTHY again', 20, container.isHealthy);
	t.deepEqual([...container.k2hr3.members.keys()], [container.cuk]);
});

test.serial('what is missing or cannot be written ends it with 3, and is named', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	for (const [options, says] of [
		[{values: {'extdata-url': undefined, 'cluster-name': undefined}}, /Not set in the environment: cluster_name extdata_url\. .*configuration group/],
		[{mode: 'ro'}, /\/var\/lib\/antpickax\/k2hdkc cannot be written by user 1001/],
	] as const) {
		const {code, log} = await ended(t, options);
		t.is(code, '3', log);
		t.regex(log, says);
		t.is((await (await prepared!).engine.docker('rm', 'database')).code, 0);
	}
});

test.serial('K2HR3 that is away ends it with 4 after its time, and docker says unhealthy until then', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	prepared ??= prepareDatabaseImage(t);
	const {engine} = await prepared;
	// Nobody listens there.
	const away = {values: {'extdata-url': `http://${engine.hostAddress}:9/v1/extdata/trove/x`, K2HDKCTROVE_REQUEST_SECONDS: '1', K2HDKCTROVE_K2HR3_SECONDS: '4'}};
	const {code, log, seconds} = await ended(t, away);
	t.is(code, '4', log);
	t.regex(log, /failed for \d s: no answer.*started again by Docker/);
	t.true(seconds < 15, `${seconds} s`);
	await engine.done('rm', 'database');

	// The image's own patience is five minutes.
	const impatient = ['--health-start-period', '1s', '--health-interval', '1s', '--health-retries', '1'];
	const container = await start(t, {values: {...away.values, K2HDKCTROVE_K2HR3_SECONDS: '60'}, options: impatient});
	await container.until('docker says unhealthy', 20, async () => await container.inspect('{{.State.Health.Status}}') === 'unhealthy');
	t.is((await container.command('status')).stdout, 'RUNNING\n');
	const begun = Date.now();
	await engine.done('stop', 'database');
	t.is(await container.inspect('{{.State.ExitCode}}'), '0');
	t.true(Date.now() - begun < 8000);
});

/** A line for k2hlinetool, run on the node's database. */
const line = async (container: DatabaseContainer, words: string): Promise<string> => {
	const {stdout, stderr} = await container.exec('sh', '-c', String.raw`printf "%s\nexit\n" "$1" >/tmp/lines && k2hlinetool -f /var/lib/antpickax/k2hdkc/k2hdkc.k2h -run /tmp/lines`, 'sh', words);
	return stdout + stderr;
};

test.serial('backup, restore and delete by docker exec, beside a node that serves', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const container = await startHealthy(t);
	await line(container, 'set city one');
	const backup = await container.command('backup');
	t.is(backup.code, 0, backup.stderr);
	const archive = path.join(container.dataDirectory, 'snapshots/trovebackup/trovebackup.k2har');
	const {size, uid, mode} = await stat(archive);
	t.true(size > 0);
	t.deepEqual([uid, mode & 0o077], [1001, 0]);
	await line(container, 'set city two');
	t.notRegex(await line(container, 'print city'), /one/);
	const restore = await container.command('restore');
	t.is(restore.code, 0, restore.stderr);
	t.regex(await line(container, 'print city'), /city.*one/);
	t.is((await container.command('delete')).code, 0);
	await t.throwsAsync(stat(archive), {code: 'ENOENT'});
	t.is((await container.command('restore')).code, 1);
	t.is((await container.command('dance')).code, 2);
	t.true(await container.isHealthy());
});

test.serial('a full disk is told by a backup, and the node serves on', async t => {
	if (!await needs(t, needsStandIns)) {
		return;
	}

	prepared ??= prepareDatabaseImage(t);
	const {engine} = await prepared;
	await engine.done('volume', 'create', '--driver', 'local', '--opt', 'type=tmpfs', '--opt', 'device=tmpfs', '--opt', 'o=size=64k,uid=1001,gid=1001', 'small');
	t.teardown(async () => engine.docker('volume', 'rm', 'small'));
	const container = await startHealthy(t, {volume: 'small'});
	t.is((await container.exec('sh', '-c', 'head -c 40000 /dev/zero >/var/lib/antpickax/k2hdkc/k2hdkc.k2h')).code, 0);
	const backup = await container.command('backup');
	t.is(backup.code, 1, backup.stderr);
	t.regex(backup.stderr, /The backup to .* failed; .*(?:full|KiB are free)/);
	t.is((await container.exec('find', '/var/lib/antpickax/k2hdkc/snapshots', '-type', 'f')).stdout, '');
	t.true(await container.isHealthy());
});
