import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {createSandboxMachine} from '../../../scripts/machines/sandbox.js';
import {nspawnNeeds, startNspawnMachine} from '../../fixtures/nspawnMachine.js';
import {needs} from '../../helpers/needs.js';
import {shell} from './contract/stage.js';

const host = createLocalMachine();
const sandboxOf = (leader: () => Promise<number>) => createSandboxMachine(host, {name: 'test', leader});

test.serial('what is inside is not the host', async t => {
	if (!await needs(t, nspawnNeeds)) {
		return;
	}

	const nspawn = await startNspawnMachine();
	t.teardown(nspawn.stop);
	const machine = sandboxOf(async () => nspawn.leader);
	const {stdout} = await machine.run(shell('cat /proc/1/comm; readlink /proc/self/ns/net; pwd -P; ls ..; env'));
	const [init, network, cwd] = stdout.split('\n');
	t.is(init, 'systemd');
	t.not(network, (await host.run(['readlink', '/proc/self/ns/net'])).stdout.trim());
	t.is(cwd, '/');
	t.notRegex(stdout, /^NODE|^npm_/m, 'nothing of the tool\'s environment goes in');
	t.is((await machine.run(['systemctl', 'is-active', 'basic.target'])).stdout, 'active\n');
});

test.serial('a job and its log outlive the sandbox, and say that it was killed', async t => {
	if (!await needs(t, nspawnNeeds)) {
		return;
	}

	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-gone-'));
	t.teardown(async () => rm(directory, {recursive: true}));
	const nspawn = await startNspawnMachine();
	t.teardown(nspawn.stop);
	const machine = sandboxOf(async () => nspawn.leader);
	await machine.startJob({id: 'inside', directory, argv: shell('cat /proc/1/comm; sleep 60')});
	let sawOutput = (): void => undefined;
	const output = new Promise<void>(resolve => {
		sawOutput = resolve;
	});
	const following = machine.followJob(directory, 'inside', {onLine: sawOutput});
	await output;
	await nspawn.stop();
	const {code, stdout} = await following;
	t.is(code, 137);
	t.regex(stdout, /^systemd\n/);
	t.like(await machine.jobState(directory, 'inside'), {state: 'ended', code: 137});
	const error = await t.throwsAsync(machine.run(['true']), {code: 'K2D5008'});
	t.regex(error.message, /The sandbox test on local is not running: /);
	t.false('lastLines' in error);
});

const wrongLeaders: ReadonlyArray<readonly [title: string, leader: () => Promise<number>, message: RegExp]> = [
	['a process of the host', async () => process.pid, /process \d+ is not that of a sandbox/],
	['a number nobody has', async () => 4_194_303, /process 4194303 is gone/],
	['no answer', async () => {
		throw new Error('no machine of that name');
	}, /is not running: no machine of that name/],
];

for (const [title, leader, message] of wrongLeaders) {
	test.serial(`with ${title} for its first process nothing is run anywhere`, async t => {
		if (!await needs(t, {root: true})) {
			return;
		}

		const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-wrong-'));
		t.teardown(async () => rm(directory, {recursive: true}));
		const machine = sandboxOf(leader);
		await t.throwsAsync(machine.run(['touch', path.join(directory, 'touched')]), {code: 'K2D5008', message});
		await t.throwsAsync(machine.write(path.join(directory, 'written'), 'x'), {code: 'K2D5008', message});
		t.is((await host.run(['ls', directory])).stdout, '');
	});
}
