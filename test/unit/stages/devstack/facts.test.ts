import test from 'ava';
import {parseFacts, type MachineFacts} from '../../../../scripts/stages/devstack/facts.js';

const output = `
== system
PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"

== architecture
x86_64

== cpus
4

== flag
svm

== kvm
yes

== nesting
1

== container
none

== hypervisor
kvm

== memory
MemTotal:       16370000 kB
MemFree:          100000 kB

== disk
 81920 /opt

== host
cloud.example.org

== host-addresses
192.0.2.10
192.0.2.10
2001:db8::10

== name-servers
192.0.2.53
192.0.2.54

== time
1000090

== synchronised
no

== user
rocky

== uid
1000

== sudo
yes

== addresses
2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global dynamic eth0\\       valid_lft 3000sec preferred_lft 3000sec
3: docker0    inet 172.17.0.1/16 scope global docker0

== routes
[{"dst":"default","gateway":"192.0.2.1","dev":"eth0"},{"dst":"192.0.2.0/24","dev":"eth0"},{"type":"local","dst":"192.0.2.10","dev":"eth0","table":"local"}]

== listeners
LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=700,fd=3))
LISTEN 0      128             [::]:22           [::]:*    users:(("sshd",pid=700,fd=4))
LISTEN 0      80         127.0.0.1:3306      0.0.0.0:*

== units
sshd.service
mariadb.service

== missing
git

== ours
yes

== traces
/opt/stack/devstack
`;

const facts: MachineFacts = {
	system: {id: 'rocky', version: '9.4', title: 'Rocky Linux 9.4 (Blue Onyx)'},
	architecture: 'x86_64',
	cpus: 4,
	virtualisation: {flag: 'svm', kvm: true, nesting: true, hypervisor: 'kvm'},
	memoryMiB: 15_986,
	disk: {freeMiB: 81_920, mountedOn: '/opt'},
	name: {host: 'cloud.example.org', addresses: ['192.0.2.10', '2001:db8::10']},
	nameServers: ['192.0.2.53', '192.0.2.54'],
	clock: {offset: 90, synchronised: false},
	user: {name: 'rocky', rights: 'sudo'},
	addresses: [{device: 'eth0', address: '192.0.2.10'}, {device: 'docker0', address: '172.17.0.1'}],
	defaultDevices: ['eth0'],
	ranges: ['192.0.2.0/24', '192.0.2.10'],
	listeners: [{port: 22, program: 'sshd'}, {port: 3306}],
	units: ['sshd.service', 'mariadb.service'],
	missing: ['git'],
	ours: true,
	traces: ['/opt/stack/devstack'],
};

test('what the programs of a machine print', t => {
	t.deepEqual(parseFacts(output, 1_000_000), facts);
});

test('a machine without these programs has nothing of what they tell', t => {
	t.like(parseFacts('', 0), {
		system: {id: '', version: '', title: 'an unknown system'}, virtualisation: {kvm: false}, nameServers: [], addresses: [], defaultDevices: [], ranges: [], listeners: [], units: [], missing: [], ours: false, traces: [],
		user: {name: '', rights: 'none'}, clock: {offset: 0},
	});
});

const pieces: ReadonlyArray<readonly [what: string, part: string, text: string, wanted: Partial<MachineFacts>]> = [
	['a name without quotes', 'system', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', {system: {id: 'debian', version: '12', title: 'Debian GNU/Linux 12 (bookworm)'}}],
	['a system of no version', 'system', 'ID=arch', {system: {id: 'arch', version: '', title: 'arch'}}],
	['nesting of Intel', 'nesting', 'Y', {virtualisation: {kvm: false, nesting: true}}],
	['no nesting', 'nesting', '0', {virtualisation: {kvm: false, nesting: false}}],
	['a container', 'container', 'systemd-nspawn', {virtualisation: {kvm: false, container: 'systemd-nspawn'}}],
	['routes of IPv6 and of everything', 'routes', '[{"dst":"0.0.0.0/0","dev":"eth0"},{"dst":"fe80::/64","dev":"eth0"}]', {ranges: [], defaultDevices: []}],
	['a port of an address of IPv6 alone', 'listeners', 'LISTEN 0 128 [::1]:5672 [::]:*', {listeners: [{port: 5672}]}],
];

for (const [what, part, text, wanted] of pieces) {
	test(`part ${part}: ${what}`, t => {
		t.like(parseFacts(`\n== ${part}\n${text}\n`, 0), wanted);
	});
}
