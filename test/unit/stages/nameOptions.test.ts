import test from 'ava';
import {commandFor} from '../../../scripts/stages/nameOptions.js';
import {load} from '../config/workspace.js';

const cases: ReadonlyArray<readonly [what: string, given: Parameters<typeof load>[0], command: string]> = [
	['what nobody needs to name', {}, 'npx k2hdkc-devstack status'],
	['a profile and a name', {profile: 'devstack', flags: {set: ['name=two']}}, 'npx k2hdkc-devstack status --profile devstack --name two'],
	['another machine', {flags: {set: ['machine=ssh://root@192.0.2.10:22']}}, 'npx k2hdkc-devstack status --machine ssh://root@192.0.2.10:22'],
	[
		'another machine with a key and host keys of its own', {flags: {set: ['machine=ssh://root@192.0.2.10:22', 'ssh.identityFile=/root/the key', 'ssh.knownHosts=/root/known', 'ssh.hostKey=first-use']}},
		'npx k2hdkc-devstack status --machine ssh://root@192.0.2.10:22 --set \'ssh.identityFile=/root/the key\' --set ssh.knownHosts=/root/known --set ssh.hostKey=first-use',
	],
	['a key where none is used', {flags: {set: ['ssh.identityFile=/root/key']}}, 'npx k2hdkc-devstack status'],
];

for (const [what, given, command] of cases) {
	test(`a command says again ${what}`, t => {
		t.is(commandFor(load(given).config, 'status'), command);
	});
}
