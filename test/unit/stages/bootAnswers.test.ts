import test from 'ava';
import {parse} from 'yaml';
import {contract, judgeBoot, parseAnswers, settingsExpectations} from '../../../scripts/stages/images/bootAnswers.js';
import {seedFiles} from '../../../scripts/stages/images/bootQuestions.js';
import {load} from '../config/workspace.js';
import {certificate, publicKey} from './samples.js';

/** The serial line of a guest in which everything is as it should be, as qemu wrote it: with carriage returns and other programs' lines between. */
const good = [
	'[    0.000000] Linux version 6.12.0', 'GUEST-CHECK docker active', 'GUEST-CHECK ssh active', '[  OK  ] Reached target',
	'GUEST-CHECK networkd active', 'GUEST-CHECK root-mib 7940', 'GUEST-CHECK ipv6-off 1', 'GUEST-CHECK agent-unit enabled', 'GUEST-CHECK trove-groups trove docker',
	'GUEST-CHECK host-keys 3', 'GUEST-CHECK datastore-ports 8020 8021 8031',
	'GUEST-CHECK admin-keys 0', 'GUEST-CHECK fallback-dns ', 'GUEST-CHECK docker-proxies 0', 'GUEST-CHECK agent-proxies ', 'GUEST-CHECK apt-proxies 0', 'GUEST-CHECK authorities 0',
	'GUEST-CHECK controller-key ', 'GUEST-CHECK container-images 0', 'GUEST-CHECK archives 0', 'GUEST-CHECK failed-units ', '[   90.1] cloud-init[500]: Cloud-init v. 25.1.4 finished at Sun, 22 Nov 2026',
].join('\r\n');

const unset = [...contract, ...settingsExpectations({config: load().config, proxyAuthority: undefined})];

test('a guest that answers as it should has no fault', t => {
	t.deepEqual(judgeBoot(good, unset), []);
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
		[['docker-proxies 0', 'docker-proxies 1'], 'docker-proxies is "1", not 0'],
		[['agent-proxies ', 'agent-proxies /etc/default/k2hdkc-proxy (ignore_errors=no)'], 'agent-proxies is "/etc/default/k2hdkc-proxy (ignore_errors=no)", not empty'],
		[['controller-key ', 'controller-key 600 trove'], 'controller-key is "600 trove", not '],
		[['finished at', 'running'], 'cloud-init did not finish'],
	] as ReadonlyArray<readonly [readonly [string, string], string]>) {
		t.deepEqual(judgeBoot(good.replace(...change), unset), [fault]);
	}
});

test('what the configuration adds is asked for', t => {
	const {config} = load({flags: {set: ['images.guest.ipv6=true', `images.guest.sshKeys=["${publicKey}"]`, 'images.guest.dns=192.0.2.53', 'proxy.http=http://proxy.example.com:3128', 'images.guest.devMode=true', 'images.guest.preload=[/srv/a.tar]']}});
	t.deepEqual(judgeBoot(good, [...contract, ...settingsExpectations({config, proxyAuthority: certificate})]), [
		'ipv6-off is "1", not 0', 'admin-keys is "0", not 1', 'fallback-dns is "", not 192.0.2.53', 'docker-proxies is "0", not 1', 'apt-proxies is "0", not 1',
		'agent-proxies is "", not a file', 'authorities is "0", not 1', 'controller-key is "", not 600 trove', 'container-images is "0", not 1 or more',
	]);
});

test('how far a silent guest came is said', t => {
	t.deepEqual(judgeBoot('SeaBIOS\nGRUB loading.\n', unset), ['no kernel booted']);
	t.deepEqual(judgeBoot('Linux version 6.12.0\nKernel panic', unset), ['the kernel booted, but cloud-init did not run the questions']);
});

test('the seed is what cloud-init reads: one command, and the power goes off afterwards', t => {
	const userData = parse(seedFiles['user-data']!) as {runcmd: string[]; power_state: {mode: string}};
	t.is(userData.runcmd.length, 1);
	t.regex(userData.runcmd[0]!, /^from trove\.common import cfg$/m);
	t.regex(userData.runcmd[0]!, /^} 2>&1 \| sed 's\/\^\/GUEST-CHECK \/' > \/dev\/ttyS0$/m);
	t.is(userData.power_state.mode, 'poweroff');
});
