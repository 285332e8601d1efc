import test from 'ava';
import {parse} from 'yaml';
import {judgeBoot, parseAnswers, seedFiles} from '../../../scripts/stages/images/bootScript.js';

/** The serial line of a guest in which everything is as it should be, as qemu wrote it: with carriage returns and other programs' lines between. */
const good = [
	'[    0.000000] Linux version 6.12.0', 'GUEST-CHECK docker active', 'GUEST-CHECK ssh active', '[  OK  ] Reached target',
	'GUEST-CHECK networkd active', 'GUEST-CHECK root-mib 7940', 'GUEST-CHECK ipv6-off 1', 'GUEST-CHECK agent-unit enabled', 'GUEST-CHECK trove-groups trove docker',
	'GUEST-CHECK host-keys 3', 'GUEST-CHECK datastore-ports 8020 8021 8031', 'GUEST-CHECK failed-units ', '[   90.1] cloud-init[500]: Cloud-init v. 25.1.4 finished at Sun, 22 Nov 2026',
].join('\r\n');

test('a guest that answers as it should has no fault', t => {
	t.deepEqual(judgeBoot(good, false), []);
	t.deepEqual(judgeBoot(good, true), ['ipv6-off is "1", not 0']);
	t.is(parseAnswers(good).get('trove-groups'), 'trove docker');
	t.is(parseAnswers(good).get('failed-units'), '');
});

test('each fault is named with what was found and what was wanted', t => {
	for (const [change, fault] of [
		[['docker active', 'docker inactive'], 'docker is "inactive", not active'],
		[['root-mib 7940', 'root-mib 900'], 'root-mib is "900", not the size of the disk'],
		[['failed-units ', 'failed-units ssh.service docker.service'], 'failed-units is "ssh.service docker.service", not '],
		[['datastore-ports 8020 8021 8031', 'datastore-ports ModuleNotFoundError: No module named \'trove_k2hdkc\''], 'datastore-ports is "ModuleNotFoundError: No module named \'trove_k2hdkc\'", not those of k2hdkc'],
		[['GUEST-CHECK host-keys 3\r\n', ''], 'host-keys is not known, not at least one'],
		[['finished at', 'running'], 'cloud-init did not finish'],
	] as ReadonlyArray<readonly [readonly [string, string], string]>) {
		t.deepEqual(judgeBoot(good.replace(...change), false), [fault]);
	}
});

test('how far a silent guest came is said', t => {
	t.deepEqual(judgeBoot('SeaBIOS\nGRUB loading.\n', false), ['no kernel booted']);
	t.deepEqual(judgeBoot('Linux version 6.12.0\nKernel panic', false), ['the kernel booted, but cloud-init did not run the questions']);
});

test('the seed is what cloud-init reads: one command, and the power goes off afterwards', t => {
	const userData = parse(seedFiles['user-data']!) as {runcmd: string[]; power_state: {mode: string}};
	t.is(userData.runcmd.length, 1);
	t.regex(userData.runcmd[0]!, /^from trove\.common import cfg$/m);
	t.regex(userData.runcmd[0]!, /^} 2>&1 \| sed 's\/\^\/GUEST-CHECK \/' > \/dev\/ttyS0$/m);
	t.is(userData.power_state.mode, 'poweroff');
});
