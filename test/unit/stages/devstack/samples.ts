import {load} from '../../config/workspace.js';
import type {Config} from '../../../../scripts/config/schema.js';
import type {MachineFacts} from '../../../../scripts/stages/devstack/facts.js';

/** A machine with which nothing is wrong. */
export const goodMachine: MachineFacts = {
	system: {id: 'debian', version: '12', title: 'Debian GNU/Linux 12 (bookworm)'},
	architecture: 'x86_64',
	cpus: 8,
	virtualisation: {flag: 'vmx', kvm: true, nesting: true, hypervisor: 'kvm'},
	memoryMiB: 24_000,
	disk: {freeMiB: 150_000, mountedOn: '/'},
	name: {host: 'cloud', addresses: ['192.0.2.10']},
	nameServers: ['192.0.2.53'],
	clock: {offset: 0, synchronised: true},
	user: {name: 'root', rights: 'root'},
	addresses: [{device: 'eth0', address: '192.0.2.10'}, {device: 'docker0', address: '172.17.0.1'}],
	defaultDevices: ['eth0'],
	ranges: ['192.0.2.0/24', '172.17.0.0/16', '127.0.0.0/8'],
	listeners: [{port: 22, program: 'sshd'}],
	units: ['ssh.service', 'cron.service'],
	missing: [],
	ours: false,
	traces: [],
};

/** Profile `devstack` with what --set would say. */
export const devstackConfig = (set: readonly string[] = [], release?: string): Config =>
	load({profile: 'devstack', flags: {set, ...(release === undefined ? {} : {release})}}).config;
