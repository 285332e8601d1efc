import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {sshServerNeeds, startSshServer} from '../../fixtures/sshServer.js';
import {needs} from '../../helpers/needs.js';

const program = fileURLToPath(new URL('programs/followAndHold.js', import.meta.url));

const killTool = async (t: ExecutionContext, ...address: readonly string[]): Promise<void> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-killed-'));
	t.teardown(async () => rm(directory, {recursive: true}));
	const tool = spawn(process.execPath, [program, directory, ...address], {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => {
		tool.kill('SIGKILL');
	});
	const closed = once(tool, 'close');
	let output = '';
	for await (const text of tool.stdout.setEncoding('utf8')) {
		output += text as string;
		if (output.includes('2\n')) {
			tool.kill('SIGKILL');
		}
	}

	await closed;
	t.regex(output, /^holding\n1\n2\n/);

	const machine = createLocalMachine();
	const jobs = path.join(directory, 'jobs');
	t.like(await machine.jobState(jobs, 'counting'), {state: 'running'});
	await sleep(500);
	const lock = await machine.hold(path.join(directory, 'lock'), 'next');
	t.like(lock, {held: true, tookOver: `process ${tool.pid!}`});
	const {stdout: processes} = await machine.run(['ps', '-e', '-o', 'args=']);
	t.deepEqual(processes.split('\n').filter(line => line.includes(directory) && line.includes('tail ')), [], 'nobody follows any more');
	const {code, stdout} = await machine.followJob(jobs, 'counting');
	t.is(code, 5);
	t.is(stdout, '1\n2\n3\n4\n5\n6\n');
	await (lock.held ? lock.release() : undefined);
};

test.serial('kill -9 of the tool: the job goes on, the lock is free, nothing else is left', async t => {
	await killTool(t, 'local');
});

test.serial('kill -9 of the tool, by SSH', async t => {
	if (!await needs(t, sshServerNeeds)) {
		return;
	}

	const server = await startSshServer();
	t.teardown(server.stop);
	await killTool(t, server.url, server.identityFile, server.knownHosts);
});
