import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {restartMachine} from '../../../scripts/machines/restart.js';
import {connectSsh} from '../../../scripts/machines/ssh.js';
import {sshMachineNeeds, startSshMachine, type SshMachine} from '../../fixtures/sshMachine.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';

const link = 'kd-restart';

/** Nobody boots a machine of systemd-nspawn again that has ended: here that is the fixture, once its link is gone. */
const bootAgain = async ({restart}: Pick<SshMachine, 'restart'>): Promise<void> => {
	for (let tries = 0; tries < 300; tries++) {
		const {code} = await runCommand('ip', ['link', 'show', 'dev', link]);
		if (code !== 0) {
			await restart();
			return;
		}

		await sleep(200);
	}
};

test('a machine is started anew over ssh, waited for, and used again by the same connection', async t => {
	if (!await needs(t, sshMachineNeeds)) {
		return;
	}

	t.timeout(5 * 60 * 1000);
	const machine = await startSshMachine({suite: 'trixie', prefix: '10.218.7', link});
	t.teardown(machine.stop);
	const value = (name: string): string => machine.flags.find(flag => flag.startsWith(`${name}=`))!.slice(name.length + 1);
	const host = await connectSsh(machine.flags[1]!, {identityFile: value('ssh.identityFile'), knownHosts: value('ssh.knownHosts')});
	t.teardown(host.close);
	const beganAt = async (): Promise<number> => Number((await host.run(['stat', '--format=%Y', '/proc/1'])).stdout);
	const before = await beganAt();
	await Promise.all([restartMachine(host, {signal: new AbortController().signal, say: t.log, patience: 120}), bootAgain(machine)]);
	t.true(await beganAt() > before);
	t.is((await host.run(['cat', '/etc/hostname'])).stdout.trim(), 'cloud');
});
