import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {sshMachineNeeds} from '../../fixtures/sshMachine.js';
import {needs} from '../../helpers/needs.js';
import {createDevstackMachine, differences, lookAtMachine, on, type DevstackMachine} from '../support/devstackMachine.js';
import {follow, worked} from '../support/tool.js';

/** Images have a test of their own. */
const withoutImages = ['components.images=false'];

/** Logs that stack.sh ends with, and what they mean. */
const failures: ReadonlyMap<string, string> = new Map([['apt-lock', 'K2D2101'], ['git-dns', 'K2D2105'], ['pip-no-version', 'K2D2403'], ['apt-disk-full', 'K2D2201']]);

const doctorAndPlan = async (t: ExecutionContext, machine: DevstackMachine, title: RegExp): Promise<void> => {
	const {stdout} = await on(t, machine, 0, ['doctor']);
	t.regex(stdout, title);
	t.regex(stdout, /PASS +Repository of devstack +file:\/\/\/srv\/git\/openstack\/devstack\.git has stable/);
	t.regex(stdout, /WARN +Python package index .* pip is not installed yet/);
	const plan = await on(t, machine, 0, ['plan']);
	t.regex(plan.stdout, /RUN +devstack\.stack/);
};

const failsAndSaysWhy = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	for (const [log, code] of failures) {
		await writeFile(path.join(machine.root, 'srv/stand-in/failure'), await readFile(`test/fixtures/failures/${log}.log`));
		const {stderr} = await on(t, machine, 1, ['up', '--yes']);
		t.regex(stderr, new RegExp(String.raw`FAILED devstack\.stack: .* \[${code}\]`), log);
		t.regex(stderr, /what +`\/opt\/stack\/devstack\/stack\.sh` on ssh:\S+ failed with exit code 1/);
		t.regex(stderr, /resume .* up /);
	}

	await machine.must('rm /srv/stand-in/failure');
};

/** The tool is killed while stack.sh waits; the next one follows the same job to its end. */
const killedInTheMiddle = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await machine.must('touch /srv/stand-in/wait');
	const killed = await follow(['up', '--yes', ...machine.words], (event, child) => {
		if (event.type === 'step-say' && event.message === 'Installing OpenStack project source') {
			child.kill('SIGKILL');
		}
	});
	t.is(killed.signal, 'SIGKILL', killed.stderr);
	const running = await machine.must('pgrep --full "bash ./stack.sh" || pgrep --full stack.sh');
	const plan = await on(t, machine, 0, ['plan']);
	t.regex(plan.stdout, /devstack\.stack +was interrupted, its job \S+ still runs since \S+ and is followed to its end first/);
	const {code, stderr, events} = await follow(['up', '--yes', ...machine.words], event => {
		if (event.type === 'step-say' && event.message.startsWith('re-attached')) {
			void machine.must('rm /srv/stand-in/wait');
		}
	});
	t.is(code, 0, stderr);
	t.true(running.trim().length > 0);
	t.true(worked(events).includes('devstack.stack'));
	t.is((await machine.must('grep --count --no-filename "stack.sh completed" /var/lib/k2hdkc-devstack/*/*/jobs/devstack.stack.*.log | grep -c 1')).trim(), '1', 'it ran once');
};

const nothingToDo = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const {stderr, stdout} = await on(t, machine, 0, ['up']);
	t.regex(stderr, /Everything is in place and verified: \d+ steps\./);
	t.regex(stdout, new RegExp(`http://${machine.address}/identity`));
	await on(t, machine, 0, ['status', '--detailed-exitcode']);
};

/** What stack.sh edits itself is no drift; what a person edits is told, and stays. */
const localChanges = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const before = await on(t, machine, 0, ['plan']);
	t.notRegex(before.stdout, /local changes/);
	await machine.must('echo mine >>/opt/stack/nova/README.rst');
	t.regex((await on(t, machine, 0, ['plan'])).stdout, /repository\.nova .*1 of its files has local changes: left alone without --fresh/);
	t.regex((await on(t, machine, 0, ['up'])).stderr, /Everything is in place and verified/);
	const {stderr} = await on(t, machine, 1, ['up', '--set', 'sources.devstack.refs={nova: 1.0.0}', '--only', 'repository.nova']);
	t.regex(stderr, /\[K2D6014]/);
	t.regex(await machine.must('cat /opt/stack/nova/README.rst'), /mine/);
};

/** What is not as the tool left it gives way to --fresh as it is; the data of stack.sh go, which is asked before, and so its notes must be in the new checkout too. */
const freshPutsAside = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await machine.must('runuser -u stack -- git -C /opt/stack/glance update-ref -d refs/k2hdkc-devstack/base; echo mine >>/opt/stack/devstack/README.rst; echo mine >>/opt/stack/k2hdkc/trove-k2hdkc/README.md; echo row >/opt/stack/data/added');
	const {stdout} = await on(t, machine, 0, ['plan', '--fresh']);
	t.regex(stdout, /RERUN +repository\.glance .*is put aside: .*somebody else made/);
	t.regex(stdout, /devstack\.plugin .*files of it were changed there: left alone without --fresh/);
	t.regex(stdout, /UNDO\+RUN +devstack\.stack +done again because of --fresh/);
	t.regex((await on(t, machine, 2, ['up', '--fresh'])).stderr, /all data in it goes/);
	await machine.must('test -e /opt/stack/data/added');
	const {stderr} = await on(t, machine, 0, ['up', '--fresh', '--yes']);
	for (const [name, why] of [['glance', 'somebody else made it'], ['nova', '1 of its files has local changes'], ['devstack', '1 of its files has local changes'], ['k2hdkc', 'files of it were changed']] as const) {
		t.regex(stderr, new RegExp(`moved /opt/stack/${name} aside to /opt/stack/aside/${name}\\.\\S+: ${why}`));
	}

	t.is((await machine.must('cd /opt/stack/aside; ls | cut -d . -f 1; tail -n 1 -q devstack.*/README.rst k2hdkc.*/trove-k2hdkc/README.md nova.*/README.rst')).trim(), 'devstack\nglance\nk2hdkc\nnova\nmine\nmine\nmine');
	await machine.must('! grep mine /opt/stack/nova/README.rst; test ! -e /opt/stack/data/added');
	await nothingToDo(t, machine);
	t.notRegex((await on(t, machine, 0, ['plan'])).stdout, /local changes|somebody else made/);
};

const stopsAndStarts = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await on(t, machine, 0, ['down']);
	t.is((await machine.inside('systemctl is-active devstack@keystone')).stdout.trim(), 'inactive');
	await on(t, machine, 0, ['up']);
	t.is((await machine.must('systemctl is-active devstack@keystone')).trim(), 'active');
};

/** A reboot leaves the interfaces of Open vSwitch, and nothing of what stack.sh had set of them by command. */
const comesBackAfterReboot = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const look = 'ip -4 -brief address show br-ex; ip -4 route show dev br-ex; cat /proc/sys/net/ipv4/ip_forward';
	const before = await machine.must(look);
	await machine.must('ip link set br-ex down; ip address flush dev br-ex; echo 0 >/proc/sys/net/ipv4/ip_forward');
	t.regex((await on(t, machine, 0, ['plan'])).stdout, /devstack\.network +.*gone, as after a reboot: address br-ex .*; route .* dev br-ex; sysctl net\.ipv4\.ip_forward 1/);
	await on(t, machine, 0, ['up']);
	t.is(await machine.must(look), before);
	await nothingToDo(t, machine);
};

const goes = async (t: ExecutionContext, machine: DevstackMachine, before: readonly string[]): Promise<void> => {
	const {stderr} = await on(t, machine, 0, ['down', '--depth', 'sources', '--yes']);
	t.regex(stderr, /left alone in \/opt\/stack\/nova: 1 of its files has local changes/);
	t.is((await machine.must('ls /opt/stack')).includes('requirements'), false, 'what stack.sh alone has edited goes');
	await machine.must('rm -r /opt/stack/nova');
	await on(t, machine, 0, ['down', '--depth', 'everything', '--yes']);
	// The directories of all states, which are those of this suite.
	await machine.must('rmdir /var/lib/k2hdkc-devstack/* /var/lib/k2hdkc-devstack');
	t.deepEqual(differences(before, await lookAtMachine(machine)), {gone: [], added: []});
};

test.serial('Debian 13, 2026.1: failures that are known, killed in the middle, done, changed by hand, and taken back without a trace', async t => {
	if (!await needs(t, sshMachineNeeds)) {
		return;
	}

	const machine = await createDevstackMachine(t, {suite: 'trixie', release: '2026.1', prefix: '10.218.1', set: withoutImages});
	const before = await lookAtMachine(machine);
	await doctorAndPlan(t, machine, /PASS +Distribution +Debian GNU\/Linux 13 \(trixie\)/);
	t.deepEqual(differences(before, await lookAtMachine(machine)), {gone: [], added: []}, 'doctor and plan change nothing');
	await failsAndSaysWhy(t, machine);
	await killedInTheMiddle(t, machine);
	await nothingToDo(t, machine);
	await localChanges(t, machine);
	await freshPutsAside(t, machine);
	await stopsAndStarts(t, machine);
	await comesBackAfterReboot(t, machine);
	await machine.must('rm -r /opt/stack/aside; echo mine >>/opt/stack/nova/README.rst');
	await goes(t, machine, before);
});

test.serial('Debian 12, 2025.1: done, and taken back without a trace', async t => {
	if (!await needs(t, sshMachineNeeds)) {
		return;
	}

	const machine = await createDevstackMachine(t, {suite: 'bookworm', release: '2025.1', prefix: '10.218.2', set: withoutImages});
	const before = await lookAtMachine(machine);
	await doctorAndPlan(t, machine, /PASS +Distribution +Debian GNU\/Linux 12 \(bookworm\)/);
	await on(t, machine, 0, ['up', '--yes']);
	await nothingToDo(t, machine);
	await machine.must('echo mine >>/opt/stack/nova/README.rst');
	await goes(t, machine, before);
});
