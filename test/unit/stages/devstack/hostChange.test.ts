import test from 'ava';
import {releases, type Release} from '../../../../scripts/config/schema.js';
import {ToolError} from '../../../../scripts/errors/toolError.js';
import {CommandError} from '../../../../scripts/machines/commandError.js';
import {order} from '../../../../scripts/pipeline/graph.js';
import {makePlan} from '../../../../scripts/pipeline/plan.js';
import type {StepContext} from '../../../../scripts/pipeline/types.js';
import {renderPlan} from '../../../../scripts/report/plan.js';
import type {DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import type {MachineFacts} from '../../../../scripts/stages/devstack/facts.js';
import {changesFor, changeVariables, hostChanges, type ChangedMachine} from '../../../../scripts/stages/devstack/hostChange.js';
import {hostChangeSteps} from '../../../../scripts/stages/devstack/hostChangeSteps.js';
import {knownSystems} from '../../../../scripts/stages/devstack/support.js';
import {runCommand} from '../../../helpers/runCommand.js';
import {devstackConfig} from './samples.js';

const intel: MachineFacts['virtualisation'] = {flag: 'vmx', kvm: true};

const machine = (id: string, version: string, virtualisation = intel): ChangedMachine => ({system: {id, version, title: id}, virtualisation});

const rocky = 'python curl pyyaml selinux ipv6 memcached libvirt-network firewalld kvm-intel';

const table: ReadonlyArray<readonly [what: string, found: ChangedMachine, release: Release, ids: string]> = [
	['Rocky Linux 9', machine('rocky', '9.4'), '2026.1', `crb rdo ${rocky}`],
	['Rocky Linux 9 with the oldest release', machine('rocky', '9.4'), '2024.1', `crb rdo epel ${rocky}`],
	['Rocky Linux 10', machine('rocky', '10.0'), '2026.1', 'crb rdo curl pyyaml selinux ipv6 memcached libvirt-network firewalld kvm-intel'],
	['Rocky Linux 10 on AMD', machine('rocky', '10.0', {flag: 'svm', kvm: true}), '2025.2', 'crb rdo curl pyyaml selinux ipv6 memcached libvirt-network firewalld kvm-amd'],
	['Ubuntu 22.04', machine('ubuntu', '22.04'), '2025.1', 'ipv6 libvirt-network ufw kvm-intel'],
	['Ubuntu 24.04 without virtualisation', machine('ubuntu', '24.04', {kvm: false}), '2026.1', 'ipv6 libvirt-network ufw'],
	['Debian 13', machine('debian', '13'), '2026.1', 'kvm-intel'],
	['Debian 12 in a container', machine('debian', '12', {flag: 'vmx', kvm: true, container: 'systemd-nspawn'}), '2025.1', ''],
	['a system that is not known', machine('fedora', '42'), '2026.1', ''],
];

for (const [what, found, release, ids] of table) {
	test(`${what}, ${release}`, t => {
		t.is(changesFor(found, release).map(({id}) => id).join(' '), ids);
	});
}

test('every change names systems and releases that there are, and says why in words', t => {
	for (const {id, systems, releases: only = [], title, reason} of hostChanges()) {
		t.deepEqual(systems.filter(name => !(name in knownSystems())), [], id);
		t.deepEqual(only.filter(name => !releases.includes(name)), [], id);
		t.true(title.length > 10 && reason.length > 20, id);
	}

	const ids = hostChanges().map(({id}) => id);
	t.is(new Set(ids).size, ids.length);
});

for (const {id, functions = '', ...scripts} of hostChanges()) {
	test(`the scripts of ${id} are such of a shell, and ask for no variable that they are not told`, async t => {
		const told = Object.keys(changeVariables({id}, devstackConfig(), machine('rocky', '9'), '/var/lib/x'));
		for (const name of ['probe', 'change', 'undo'] as const) {
			const script = `${functions}\n${scripts[name]}`;
			const {code, stderr} = await runCommand('sh', ['-n', '-c', script]);
			t.is(code, 0, `${name}: ${stderr}`);
			t.deepEqual([...script.matchAll(/\$([A-Z]+)/g)].map(match => match[1]!).filter(variable => !told.includes(variable)), []);
		}
	});
}

const planOf = async (found: ChangedMachine, release: string, codes: Readonly<Record<string, number>>): Promise<string> => {
	const config = devstackConfig([], release);
	const {before, after} = hostChangeSteps(config, found);
	const byProbe = new Map(hostChanges().map(({id, probe}) => [probe, id]));
	const host = {run: async (argv: readonly string[]) => ({code: codes[[...byProbe].find(([probe]) => argv.at(-1)!.endsWith(probe))![1]] ?? 1})};
	const env = {config, facts: found, paths: {environment: '/var/lib/k2hdkc-devstack/x'}, host} as unknown as DevstackEnv;
	const steps = [...before, ...after.map(step => ({...step, needs: []}))];
	const plan = await makePlan({
		steps: order(steps), env, selection: {}, fresh: false, bootId: 'boot', recordOf: () => undefined, lastJobOf: async () => undefined,
		look: async step => step.probe({env, signal: new AbortController().signal, progress: {say() {}, output() {}}, job: async () => undefined}),
	});
	return renderPlan(plan, {color: false, explain: false}).join('\n');
};

test('the plan of a Rocky Linux 9 shows each change with its reason, and what is as wanted is left alone', async t => {
	const text = await planOf(machine('rocky', '9.4'), '2026.1', {selinux: 0});
	t.regex(text, /RUN +system\.crb +not done yet: Repository CRB of the distribution, since packages that DevStack builds with/);
	t.regex(text, /ADOPT +system\.selinux +was there already: SELinux permissive/);
	t.regex(text, /RUN +system\.firewalld +not done yet: firewalld lets in .*, since it goes on running, and lets nobody in but whom devstack\.allow names/);
	t.regex(text, /10 steps to run .*, 1 found done and adopted/);
});

test('the plan of an Ubuntu 24.04', async t => {
	const text = await planOf(machine('ubuntu', '24.04'), '2026.1', {ipv6: 0});
	t.deepEqual([...text.matchAll(/^ *(RUN|ADOPT) +(\S+)/gm)].map(([, verdict, id]) => `${verdict} ${id}`), ['ADOPT system.ipv6', 'RUN system.ufw', 'RUN system.kvm-intel', 'RUN system.libvirt-network']);
});

test('ports are those that people use, and the inputs are what a change depends on', t => {
	const config = devstackConfig(['devstack.allow=[192.0.2.0/24, 198.51.100.7]', 'sources.k2hr3=directory:/opt/k2hr3']);
	t.like(changeVariables({id: 'ufw'}, config, machine('ubuntu', '24.04'), '/var/lib/x'), {SOURCES: '192.0.2.0/24 198.51.100.7', PORTS: '80 443 6080 18080 28080', RECORD: '/var/lib/x/changed.ufw', RELEASE: '2026.1'});
	t.is(changeVariables({id: 'ufw'}, devstackConfig(['components.dashboard=false']), machine('ubuntu', '24.04'), '').PORTS, '6080');
});

test('nobody is let in by a name', t => {
	const error = t.throws(() => devstackConfig(['devstack.allow=[all]']));
	t.regex(error?.message ?? '', /devstack\.allow\[0] must be an IPv4 address, or a range such as/);
});

test('a change that waits for a start of the machine says so, and is done when that has come', async t => {
	const step = hostChangeSteps(devstackConfig(), machine('debian', '13')).before.find(({id}) => id === 'system.kvm-intel')!;
	const jobs: string[] = [];
	const contextWith = (code: number): StepContext<DevstackEnv> => ({
		env: {config: devstackConfig(), facts: machine('debian', '13'), paths: {environment: '/e'}, host: {run: async () => ({code})}} as unknown as DevstackEnv,
		signal: new AbortController().signal, progress: {say() {}, output() {}},
		async job(_, argv) {
			jobs.push(argv.at(-1)!);
			throw new CommandError({outcome: 'code', argv, code: 75, machine: 'test', seconds: 0, lastLines: []});
		},
	});
	await t.throwsAsync(step.apply(contextWith(1)), {instanceOf: ToolError, code: 'K2D2011'});
	t.is(jobs.length, 1);
	await t.notThrowsAsync(step.apply(contextWith(0)));
	t.is(jobs.length, 1);
});
