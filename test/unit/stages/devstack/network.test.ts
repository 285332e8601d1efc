import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {bringBackScript, missingScript, networkProbe, noteNetwork, recordName} from '../../../../scripts/stages/devstack/networkState.js';
import {runCommand} from '../../../helpers/runCommand.js';

/** What the commands of a machine print whose interface of Open vSwitch is called `lo`: one of that name is everywhere. */
const asStacked = {
	'ovs-vsctl': 'lo\n',
	'ip-address': String.raw`5: lo    inet 172.24.4.1/24 scope global lo\       valid_lft forever preferred_lft forever` + '\n',
	'ip-route': '10.128.0.0/22 via 172.24.4.9 linkdown \n172.24.4.0/24 proto kernel scope link src 172.24.4.1 linkdown \n',
	iptables: '-P POSTROUTING ACCEPT\n-A POSTROUTING -s 172.24.4.0/24 -o eth0 -j MASQUERADE\n-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\n',
};

const commands: Readonly<Record<string, string>> = {
	sudo: 'exec "$@"',
	'ovs-vsctl': 'cat ovs-vsctl.says',
	ip: 'case "$*" in *"address show"*) cat ip-address.says;; *"route show"*) cat ip-route.says;; *) echo "ip $*" >>calls;; esac',
	iptables: 'case "$*" in *--list-rules*) cat iptables.says;; *) echo "iptables $*" >>calls;; esac',
};

const machine = (t: ExecutionContext) => {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'devstack-network-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	mkdirSync(path.join(directory, 'bin'));
	for (const [name, script] of Object.entries(commands)) {
		writeFileSync(path.join(directory, 'bin', name), `#!/bin/sh\n${script}\n`);
		chmodSync(path.join(directory, 'bin', name), 0o755);
	}

	const says = (said: Readonly<Record<string, string>>): void => {
		for (const [name, text] of Object.entries(said)) {
			writeFileSync(path.join(directory, `${name}.says`), text);
		}
	};

	says(asStacked);
	return {
		says,
		read: (name: string) => readFileSync(path.join(directory, name), 'utf8'),
		async run(script: string) {
			const {code, stdout, stderr} = await runCommand('env', [`PATH=${directory}/bin:${process.env.PATH}`, 'sh', '-euc', `cd ${directory}\n${script}`, 'sh', directory, '172.24.4.0/24']);
			t.is(code, 0, stderr);
			return stdout;
		},
	};
};

const lines = ['address lo 172.24.4.1/24 00:00:00:00:00:00', 'route 10.128.0.0/22 via 172.24.4.9 dev lo', 'masquerade -s 172.24.4.0/24 -o eth0 -j MASQUERADE'];

test('what stack.sh has set is noted: addresses, routes that the kernel does not make itself, and the rule of the floating range alone', async t => {
	const {run, read} = machine(t);
	await run(noteNetwork);
	t.deepEqual(read(recordName).trim().split('\n').filter(line => !line.startsWith('sysctl ')), lines);
	t.regex(read(recordName), /^sysctl net\.ipv4\.ip_forward [01]$/m);
	t.is(await run(missingScript), '');
});

test('what a reboot took is found, set again, and nothing else', async t => {
	const {run, says, read} = machine(t);
	await run(noteNetwork);
	says({'ip-address': '', 'ip-route': '', iptables: '-P POSTROUTING ACCEPT\n'});
	t.deepEqual((await run(missingScript)).trim().split('\n'), lines);
	await run(bringBackScript);
	t.deepEqual(read('calls').trim().split('\n'), [
		'ip link set dev lo address 00:00:00:00:00:00', 'ip -4 address replace 172.24.4.1/24 dev lo', 'ip link set dev lo up',
		'ip -4 route replace 10.128.0.0/22 via 172.24.4.9 dev lo',
		'iptables --table nat --append POSTROUTING -s 172.24.4.0/24 -o eth0 -j MASQUERADE',
	]);
});

test('without a record nothing is known to be missing', async t => {
	const {run} = machine(t);
	t.is(await run(missingScript), '');
	t.is((await run(bringBackScript)).trim(), '');
});

test('the probe names what is gone', t => {
	t.is(networkProbe('').state, 'present');
	const {state, evidence} = networkProbe(`${lines.join('\n')}\n`);
	t.is(state, 'absent');
	t.true(evidence.includes('address lo 172.24.4.1/24'));
});
