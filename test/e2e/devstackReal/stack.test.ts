import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {sshMachineNeeds} from '../../fixtures/sshMachine.js';
import {needs} from '../../helpers/needs.js';
import {differences, lookAtMachine, on, type DevstackMachine} from '../support/devstackMachine.js';
import {createRealDevstackMachine, realReleases} from '../support/realDevstack.js';
import {until} from '../support/servers.js';
import {membersOf, registerSlave} from '../support/slave.js';
import {document, expect, follow} from '../support/tool.js';

// The real stack.sh. What a kernel without modules cannot do is stood in for on the machine (realDevstack.ts); DevStack is as it comes.
const mirrors = process.env.TEST_DEVSTACK_MIRRORS;
const reason = mirrors === undefined ? 'needs git mirrors of OpenStack; TEST_DEVSTACK_MIRRORS names the directory with bare repositories NAME.git' : undefined;

const ask = async <T>(t: ExecutionContext, {words}: DevstackMachine, ...args: readonly string[]): Promise<T> =>
	document<T>(await expect(t, 0, ['openstack', ...words, '--', ...args, '--format', 'json']));

/** Tells when each phase of stack.sh began. */
const builds = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	let began = 0;
	const {code, stderr, seconds} = await follow(['up', '--yes', ...machine.words], event => {
		if (event.type === 'step-start' && event.step.id === 'devstack.stack') {
			began = Date.parse(event.at);
		}

		if (event.type === 'step-say' && event.id === 'devstack.stack') {
			t.log(`${Math.round((Date.parse(event.at) - began) / 1000)} s: ${event.message}`);
		}
	});
	t.is(code, 0, stderr);
	t.log(`up: ${Math.round(seconds)} s`);
	t.log(await machine.must('du --summarize --block-size=MiB --one-file-system /opt/stack; free --mebi'));
};

const hasDatastore = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const versions = await ask<ReadonlyArray<{readonly Name: string}>>(t, machine, 'datastore', 'version', 'list', 'k2hdkc');
	t.deepEqual(versions.map(({Name: name}) => name), ['1.0.19']);
};

/** Neutron hears of them some time after they have started. */
const hasAgents = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	try {
		await until('both agents of OVN', async () => {
			const agents = await ask<ReadonlyArray<{readonly Binary: string; readonly Alive: boolean}>>(t, machine, 'network', 'agent', 'list');
			// Up to 2025.1 the agent of metadata had a name of its own.
			const alive = agents.filter(agent => agent.Alive).map(({Binary: binary}) => binary.replace('-metadata', '')).toSorted();
			return alive.join(' ') === 'neutron-ovn-agent ovn-controller' ? agents : undefined;
		}, 240);
	} catch (error) {
		t.log((await machine.inside('systemctl list-units "devstack@*ovn*" "ovn*" "ovs*"; journalctl --no-pager --lines=60 --unit="devstack@*ovn*"; ovn-sbctl list Chassis_Private')).stdout);
		throw error;
	}
};

/** Everything that was asked for is there: Nova with QEMU, OVN, the datastore of the plugin with its parameters. */
const serves = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await hasDatastore(t, machine);
	const parameters = await ask<ReadonlyArray<{readonly Name: string}>>(t, machine, 'database', 'configuration', 'parameter', 'list', '1.0.19', '--datastore', 'k2hdkc');
	t.true(parameters.some(({Name: name}) => name === 'cluster-name'));
	await hasAgents(t, machine);
	const hypervisors = await ask<ReadonlyArray<{readonly State: string}>>(t, machine, 'hypervisor', 'list');
	t.deepEqual(hypervisors.map(({State: state}) => state), ['up']);
};

const stopsAndStarts = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await on(t, machine, 0, ['down']);
	t.is((await machine.inside('systemctl is-active devstack@keystone')).stdout.trim(), 'inactive');
	await on(t, machine, 0, ['up']);
	await serves(t, machine);
};

/** K2HR3 runs in a server of Nova, reached by its proxy, and by ssh with the host keys of its console. */
const hasK2hr3 = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const status = document<{project: string; ring: {server: string}}>(await expect(t, 0, ['k2hr3', 'status', '--json', ...machine.words]));
	t.is(status.project, 'admin');
	t.regex(status.ring.server, /^\[SERVICE IN]\[UP]/);
	const {journal} = document<{readonly journal: string}>(await expect(t, 0, ['logs', 'k2hr3', '--json', ...machine.words]));
	t.regex(journal, /Started k2hr3-api\.service/);
};

/** As a service of Trove reads its configuration. */
const toldScript = `/opt/stack/data/venv/bin/python -c "
from trove.common import cfg
cfg.CONF(['--config-file=/etc/trove/trove.conf'], project='trove', prog='trove-taskmanager')
print(cfg.CONF.k2hdkc.k2hr3_url, cfg.CONF.k2hdkc.k2hr3_guest_url)
"`;

const troveKnowsK2hr3 = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	t.is((await machine.must(toldScript)).trim(), `http://${machine.address}:18080 http://10.0.0.62:18080`);
};

/** What Trove knows of it goes with it, and comes again. */
const goesAndComes = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await on(t, machine, 0, ['k2hr3', 'down', '--yes']);
	t.deepEqual(await ask(t, machine, 'server', 'list', '--all-projects'), []);
	t.deepEqual(await ask(t, machine, 'floating', 'ip', 'list'), []);
	t.is((await machine.inside('systemctl is-active k2hdkc-devstack-k2hr3-proxy')).stdout.trim(), 'inactive');
	const {seconds} = await on(t, machine, 0, ['up']);
	t.log(`K2HR3 made anew: ${Math.round(seconds)} s`);
	await hasK2hr3(t, machine);
	await troveKnowsK2hr3(t, machine);
};

/** Of what lies in home directories nothing is taken back: DevStack's pip has a cache there. The others are left by Debian's packages when they are purged. */
const leftBehind = /^\/root\/\.(?:cache|ssh)$|^\/var\/lib\/(?:machines|portables)$|^rdma:/;

/** What was kept on the disk of Swift, which a loop device carries. */
const container = 'kept';

const bootsAgain = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await expect(t, 0, ['openstack', ...machine.words, '--', 'container', 'create', container]);
	const members = await registerSlave(t, 'ring', machine.words);
	await machine.restart();
	const {stdout} = await on(t, machine, 0, ['plan']);
	t.regex(stdout, /devstack\.network +.*gone, as after a reboot: .*address br-ex /);
	const {seconds} = await on(t, machine, 0, ['up']);
	t.log(`up after a reboot: ${Math.round(seconds)} s`);
	await serves(t, machine);
	await hasK2hr3(t, machine);
	t.deepEqual(await membersOf(t, 'ring', machine.words), members);
	const kept = await ask<ReadonlyArray<{readonly Name: string}>>(t, machine, 'container', 'list');
	t.deepEqual(kept.map(({Name: name}) => name), [container]);
};

for (const release of realReleases) {
	test.serial(`stack.sh of ${release.release} on ${release.suite}, to its end, stopped, started, booted again, and taken back`, async t => {
		if (!await needs(t, {...sshMachineNeeds, missing: reason})) {
			return;
		}

		const machine = await createRealDevstackMachine(t, mirrors!, release);
		const before = await lookAtMachine(machine);
		await on(t, machine, 0, ['doctor']);
		await builds(t, machine);
		await serves(t, machine);
		await hasK2hr3(t, machine);
		await troveKnowsK2hr3(t, machine);
		await on(t, machine, 0, ['status', '--detailed-exitcode']);
		await goesAndComes(t, machine);
		await stopsAndStarts(t, machine);
		await bootsAgain(t, machine);
		await on(t, machine, 0, ['down', '--depth', 'everything', '--yes']);
		await machine.must('rmdir /var/lib/k2hdkc-devstack/* /var/lib/k2hdkc-devstack');
		const {gone, added} = differences(before, await lookAtMachine(machine));
		t.deepEqual([...gone, ...added.filter(line => !leftBehind.test(line))], []);
	});
}
