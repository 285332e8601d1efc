import os from 'node:os';
import test, {type ExecutionContext} from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {connectSsh} from '../../../scripts/machines/ssh.js';
import type {Machine} from '../../../scripts/machines/types.js';
import {gatherFacts} from '../../../scripts/stages/devstack/gather.js';
import {packageIndexes} from '../../../scripts/stages/devstack/packageMirrors.js';
import {sshServerNeeds, startSshServer} from '../../fixtures/sshServer.js';
import {needs} from '../../helpers/needs.js';

/** This machine, as Node.js knows it. */
const looksLikeThisOne = async (t: ExecutionContext, machine: Machine): Promise<void> => {
	const facts = await gatherFacts(machine, {directory: '/opt/a directory/that is not there', mark: '/etc/os-release'});
	t.is(facts.name.host, os.hostname());
	t.is(facts.architecture, os.machine());
	t.is(facts.memoryMiB, Math.floor(os.totalmem() / 1024 / 1024));
	t.is(facts.user.name, os.userInfo().username);
	t.true(facts.cpus > 0 && facts.disk.freeMiB > 0 && facts.disk.mountedOn.startsWith('/'));
	t.true(facts.ours);
	t.true(Math.abs(facts.clock.offset) < 60);
	t.regex(facts.system.id, /^[a-z]+$/);
	t.true(facts.addresses.every(({address}) => /^(?:\d+\.){3}\d+$/.test(address)));
};

test('what a machine tells of itself, here', async t => {
	if (!await needs(t, {commands: {ip: 'iproute2', ss: 'iproute2'}})) {
		return;
	}

	const machine = createLocalMachine();
	t.teardown(machine.close);
	await looksLikeThisOne(t, machine);
	t.true((await packageIndexes(machine))?.every(({url}) => url.endsWith('/InRelease')));
});

test('what a machine tells of itself, by SSH', async t => {
	if (!await needs(t, sshServerNeeds)) {
		return;
	}

	const server = await startSshServer();
	t.teardown(server.stop);
	const machine = await connectSsh(server.url, {identityFile: server.identityFile, knownHosts: server.knownHosts});
	t.teardown(machine.close);
	await looksLikeThisOne(t, machine);
});
