import test from 'ava';
import {lookup} from '../../../../scripts/errors/catalogue.js';
import type {MachineFacts} from '../../../../scripts/stages/devstack/facts.js';
import {findingsOf, wantedOf} from '../../../../scripts/stages/devstack/preflight.js';
import {devstackConfig, goodMachine} from './samples.js';

type Case = {
	readonly what: string;
	/** The finding that is looked at. */
	readonly id: string;
	readonly facts?: Partial<MachineFacts>;
	readonly set?: readonly string[];
	readonly release?: string;
	readonly result: 'PASS' | 'WARN' | 'FAIL';
	readonly code?: string;
	readonly found: RegExp;
	readonly remedy?: RegExp;
};

const system = (id: string, version: string): Partial<MachineFacts> => ({system: {id, version, title: `${id} ${version}`}});

const systems: readonly Case[] = [
	{what: 'Debian 12 with the default release', id: 'system', result: 'PASS', found: /^Debian GNU\/Linux 12 \(bookworm\), x86_64$/},
	{what: 'Debian 13 with 2026.1', id: 'system', facts: system('debian', '13'), result: 'PASS', found: /debian 13/},
	{
		what: 'Debian 13 with 2025.1', id: 'system', facts: system('debian', '13'), release: '2025.1', result: 'FAIL', code: 'K2D3009',
		found: /^the machine runs debian 13; for release 2025\.1 DevStack is supported on Debian 12, Ubuntu 22\.04, Ubuntu 24\.04, Rocky Linux 9$/, remedy: /--set devstack\.anySystem=true/,
	},
	{what: 'Ubuntu 22.04 with 2026.1', id: 'system', facts: system('ubuntu', '22.04'), result: 'FAIL', code: 'K2D3009', found: /DevStack is supported on Debian 13, Debian 12, Ubuntu 24\.04, Rocky Linux 9, Rocky Linux 10$/},
	{what: 'Ubuntu 22.04 with 2024.1', id: 'system', facts: system('ubuntu', '22.04'), release: '2024.1', result: 'PASS', found: /ubuntu/},
	{what: 'Rocky 10 with 2025.1', id: 'system', facts: system('rocky', '10.0'), release: '2025.1', result: 'FAIL', code: 'K2D3009', found: /rocky/},
	{what: 'Rocky 10 with 2025.2', id: 'system', facts: system('rocky', '10.0'), release: '2025.2', result: 'PASS', found: /rocky/},
	{what: 'a system that is not known, which DevStack takes', id: 'system', facts: system('debian', '11'), release: '2024.1', result: 'FAIL', code: 'K2D3009', found: /debian 11/},
	{what: 'a system that is let pass', id: 'system', facts: system('fedora', '42'), set: ['devstack.anySystem=true'], result: 'WARN', found: /devstack\.anySystem lets it pass$/, remedy: /Nobody has tried it/},
	{what: 'another architecture', id: 'system', facts: {architecture: 'riscv64'}, result: 'WARN', found: /on riscv64$/, remedy: /x86_64/},
];

const virtual = (virtualisation: MachineFacts['virtualisation']): Partial<MachineFacts> => ({virtualisation});

const places: readonly Case[] = [
	{what: 'KVM in a virtual machine', id: 'virtualisation', result: 'PASS', found: /^KVM by vmx, inside kvm; its servers may have servers of their own$/},
	{what: 'KVM on metal', id: 'virtualisation', facts: virtual({flag: 'svm', kvm: true, nesting: false}), result: 'PASS', found: /^KVM by svm; its servers may not have/},
	{what: 'a container', id: 'virtualisation', facts: virtual({flag: 'vmx', kvm: true, container: 'systemd-nspawn'}), result: 'WARN', found: /container \(systemd-nspawn\)/, remedy: /virtual machine/},
	{what: 'a virtual machine without nesting', id: 'virtualisation', facts: virtual({kvm: false, hypervisor: 'vmware'}), result: 'WARN', found: /emulated/, remedy: /hypervisor \(vmware\).*nested/},
	{what: 'metal without virtualisation', id: 'virtualisation', facts: virtual({kvm: false}), result: 'WARN', found: /emulated/, remedy: /firmware/},
	{what: 'Intel without the module', id: 'virtualisation', facts: virtual({flag: 'vmx', kvm: false}), result: 'WARN', found: /\/dev\/kvm is not there/, remedy: /modprobe kvm_intel\.$/},
	{what: 'AMD without the module', id: 'virtualisation', facts: virtual({flag: 'svm', kvm: false}), result: 'WARN', found: /\/dev\/kvm is not there/, remedy: /modprobe kvm_amd\.$/},
	{what: 'one processor', id: 'cpus', facts: {cpus: 1}, result: 'FAIL', code: 'K2D3013', found: /^1 processors, at least 2 needed$/},
	{what: 'four processors', id: 'cpus', facts: {cpus: 4}, result: 'WARN', found: /^4 processors, 8 recommended$/},
	{what: '4 GiB', id: 'memory', facts: {memoryMiB: 3900}, result: 'FAIL', code: 'K2D3003', found: /^3900 MiB of memory, at least 7680 needed$/},
	{what: '8 GiB', id: 'memory', facts: {memoryMiB: 7900}, result: 'WARN', found: /15360 recommended$/},
	{what: '8 GiB where that is enough', id: 'memory', facts: {memoryMiB: 7900}, set: ['devstack.recommended.memoryMiB=7680'], result: 'PASS', found: /^7900 MiB of memory$/},
	{what: 'a small disk', id: 'disk', facts: {disk: {freeMiB: 9000, mountedOn: '/opt'}}, result: 'FAIL', code: 'K2D3004', found: /^9000 MiB free on \/opt, at least 40960 needed$/, remedy: /devstack\.directory/},
	{what: 'a middling disk', id: 'disk', facts: {disk: {freeMiB: 50_000, mountedOn: '/'}}, result: 'WARN', found: /102400 recommended$/},
];

const networks: readonly Case[] = [
	{what: 'a name that it knows', id: 'name', result: 'PASS', found: /^cloud is 192\.0\.2\.10$/},
	{what: 'no name but localhost', id: 'name', facts: {name: {host: 'localhost.localdomain', addresses: ['127.0.0.1']}}, result: 'FAIL', code: 'K2D3014', found: /"localhost\.localdomain"/, remedy: /hostnamectl/},
	{what: 'a name with an underscore', id: 'name', facts: {name: {host: 'my_vm', addresses: ['127.0.1.1']}}, result: 'FAIL', code: 'K2D3014', found: /"my_vm"/},
	{what: 'a name that it does not know', id: 'name', facts: {name: {host: 'cloud', addresses: []}}, result: 'WARN', found: /no address/, remedy: /127\.0\.1\.1 cloud/},
	{what: 'no name server', id: 'dns', facts: {nameServers: []}, result: 'WARN', found: /names none$/, remedy: /network/},
	{what: 'one address with a default route', id: 'address', result: 'PASS', found: /^192\.0\.2\.10, by the default route$/},
	{
		what: 'two addresses with a default route', id: 'address', facts: {addresses: [{device: 'eth0', address: '192.0.2.10'}, {device: 'eth1', address: '198.51.100.4'}], defaultDevices: ['eth0', 'eth1']},
		result: 'FAIL', code: 'K2D3014', found: /192\.0\.2\.10, 198\.51\.100\.4$/, remedy: /--set devstack\.hostAddress=ADDRESS/,
	},
	{what: 'no default route', id: 'address', facts: {defaultDevices: []}, result: 'FAIL', code: 'K2D3014', found: /the machine has 192\.0\.2\.10 \(eth0\), 172\.17\.0\.1 \(docker0\)$/},
	{what: 'no address', id: 'address', facts: {addresses: [], defaultDevices: []}, result: 'FAIL', code: 'K2D3014', found: /the machine has none$/},
	{what: 'an address that is named', id: 'address', facts: {defaultDevices: []}, set: ['devstack.hostAddress=172.17.0.1'], result: 'PASS', found: /^172\.17\.0\.1$/},
	{what: 'an address that is named and is not there', id: 'address', set: ['devstack.hostAddress=192.0.2.99'], result: 'FAIL', code: 'K2D3014', found: /is 192\.0\.2\.99, and the machine has 192\.0\.2\.10 \(eth0\)/},
	{what: 'free ranges', id: 'ranges', result: 'PASS', found: /^10\.0\.0\.0\/22, 172\.24\.4\.0\/24, 192\.168\.254\.0\/24 are free$/},
	{what: 'a range in use', id: 'ranges', facts: {ranges: ['10.0.0.0/8', '192.168.254.7']}, result: 'FAIL', code: 'K2D3006', found: /^10\.0\.0\.0\/22 overlaps the route of 10\.0\.0\.0\/8; 192\.168\.254\.0\/24 overlaps the route of 192\.168\.254\.7$/, remedy: /--set devstack\.ranges\.private=RANGE --set devstack\.ranges\.management=RANGE\./},
];

const services: readonly Case[] = [
	{what: 'a right clock', id: 'clock', result: 'PASS', found: /^agrees/},
	{what: 'a wrong clock', id: 'clock', facts: {clock: {offset: -90}}, result: 'WARN', found: /by 90 s$/, remedy: /timedatectl/},
	{what: 'a clock that nothing keeps right', id: 'clock', facts: {clock: {offset: 1, synchronised: false}}, result: 'WARN', found: /nothing keeps it right$/},
	{what: 'a clock nobody can tell of', id: 'clock', facts: {clock: {offset: 1}}, result: 'PASS', found: /^agrees/},
	{what: 'root', id: 'rights', result: 'PASS', found: /as root$/},
	{what: 'sudo', id: 'rights', facts: {user: {name: 'debian', rights: 'sudo'}}, result: 'FAIL', code: 'K2D3002', found: /as user debian$/, remedy: /may use sudo: run the tool with it/},
	{what: 'neither', id: 'rights', facts: {user: {name: 'joe', rights: 'none'}}, result: 'FAIL', code: 'K2D3002', found: /as user joe$/, remedy: /as root \(sudo -i\)/},
	{what: 'no git', id: 'programs', facts: {missing: ['git']}, result: 'FAIL', code: 'K2D3005', found: /^git not there$/, remedy: /apt-get install --yes git sudo/},
	{what: 'free ports', id: 'ports', result: 'PASS', found: /^15 ports/},
	{what: 'ports in use', id: 'ports', facts: {listeners: [{port: 80, program: 'nginx'}, {port: 3306}]}, result: 'FAIL', code: 'K2D3007', found: /^in use: 80 \(Apache\) by nginx, 3306 \(MySQL\)$/},
	{what: 'the port of a component that is off', id: 'ports', facts: {listeners: [{port: 8080}]}, set: ['components.swift=false'], result: 'PASS', found: /^14 ports/},
	{what: 'a fresh machine', id: 'conflicts', result: 'PASS', found: /^no DevStack/},
	{what: 'another DevStack', id: 'conflicts', facts: {traces: ['/opt/stack/devstack'], units: ['devstack@keystone.service']}, result: 'FAIL', code: 'K2D3015', found: /^a DevStack is there: \/opt\/stack\/devstack, devstack@keystone\.service$/, remedy: /unstack\.sh/},
	{what: 'an OpenStack of Debian', id: 'conflicts', facts: {units: ['nova-compute.service', 'apache2.service']}, result: 'FAIL', code: 'K2D3015', found: /packages runs: nova-compute\.service$/},
	{what: 'an OpenStack of RDO', id: 'conflicts', facts: {units: ['openstack-nova-api.service']}, result: 'FAIL', code: 'K2D3015', found: /openstack-nova-api/},
	{what: 'what this environment has', id: 'conflicts', facts: {ours: true, traces: ['/opt/stack/devstack'], listeners: [{port: 80}], ranges: ['172.24.4.0/24'], disk: {freeMiB: 900, mountedOn: '/'}}, result: 'PASS', found: /belongs to this environment$/},
	{what: 'those that a DevStack has', id: 'components', set: ['components.cinder=false'], result: 'PASS', found: /^dashboard, swift, compute$/},
	{what: 'one that a DevStack always has', id: 'components', set: ['components.compute=false'], result: 'WARN', found: /^compute is off, and a DevStack has a compute host all the same$/, remedy: /no K2HR3 is built/},
	{what: 'images on Debian', id: 'components', set: ['components.images=true'], result: 'PASS', found: /^dashboard, swift, cinder, compute, images$/},
	{what: 'images on Rocky Linux', id: 'components', facts: system('rocky', '9.5'), set: ['components.images=true'], result: 'FAIL', code: 'K2D3009', found: /^images are made with apt and mmdebstrap, and the machine runs /, remedy: /--without images/},
	{what: 'a database that runs', id: 'conflicts', facts: {units: ['mariadb.service']}, result: 'WARN', found: /takes over what runs already: mariadb\.service$/, remedy: /passwords change/},
];

for (const {what, id, facts = {}, set = [], release, result, code, found, remedy = /^/} of [...systems, ...places, ...networks, ...services]) {
	test(`${id}: ${what}`, t => {
		const findings = findingsOf({...goodMachine, ...facts}, wantedOf(devstackConfig(['components.images=false', ...set], release)));
		const finding = findings.find(each => each.id === id)!;
		t.is(finding.result, result);
		t.is(finding.code, code);
		t.regex(finding.found, found);
		t.regex(finding.remedy ?? '', remedy);
		t.deepEqual(findings.filter(each => each.id !== id && each.result !== 'PASS').map(each => each.id), [], 'nothing else is found');
	});
}

test('everything that is wrong is found at once, each with a remedy and a code that the catalogue has', t => {
	const bad: MachineFacts = {
		...goodMachine, ...system('fedora', '42'), ...virtual({kvm: false}), cpus: 1, memoryMiB: 1, disk: {freeMiB: 1, mountedOn: '/'}, name: {host: 'localhost', addresses: []}, nameServers: [],
		clock: {offset: 900}, user: {name: 'joe', rights: 'none'}, addresses: [], ranges: ['10.0.0.0/8'], listeners: [{port: 80}], missing: ['sudo'], traces: ['/opt/stack/devstack'],
	};
	const findings = findingsOf(bad, wantedOf(devstackConfig(['components.images=true'])));
	t.is(findings.length, 15);
	for (const {id, result, remedy, code} of findings) {
		t.not(result, 'PASS', id);
		t.truthy(remedy, id);
		t.is(lookup(code ?? '')?.exitCode, result === 'FAIL' ? 3 : undefined, id);
	}
});
