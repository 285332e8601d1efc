import {cp} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {sshMachineNeeds} from '../../fixtures/sshMachine.js';
import {needs} from '../../helpers/needs.js';
import {on, type DevstackMachine} from '../support/devstackMachine.js';
import {createRealDevstackMachine, realReleases} from '../support/realDevstack.js';
import {until} from '../support/servers.js';
import {document, expect, follow, worked} from '../support/tool.js';

// An instance of Trove under the real stack.sh, with real K2HDKC, and the package of the datastore edited where it is.
const [mirrors, k2hdkc] = [process.env.TEST_DEVSTACK_MIRRORS, process.env.TEST_K2HDKC_PREFIX];
const reason = mirrors === undefined || k2hdkc === undefined
	? 'needs git mirrors of OpenStack and the programs of K2HDKC; TEST_DEVSTACK_MIRRORS names the directory with bare repositories NAME.git, TEST_K2HDKC_PREFIX where they are installed'
	: undefined;

const prefix = '/opt/k2hdkc';

const withImages = ['components.images=true', `sources.k2hdkc=directory:${prefix}`, 'images.database.variant=debian', 'images.builder=buildah', 'devstack.editable=true'].flatMap(setting => ['--set', setting]);

/** Seconds that a guest may take, which is emulated. */
const patience = 1800;

const openTroveOf = (t: ExecutionContext, {words}: DevstackMachine) => {
	const say = async (...args: readonly string[]): Promise<void> => {
		await expect(t, 0, ['openstack', ...words, '--', ...args]);
	};

	const ask = async <T>(...args: readonly string[]): Promise<T> => document<T>(await expect(t, 0, ['openstack', ...words, '--', ...args, '--format', 'json']));
	const become = async (what: string, wanted: string, show: () => Promise<string>): Promise<void> => {
		const started = Date.now();
		await until(`${what} is ${wanted}`, async () => {
			const state = await show();
			if (['ERROR', 'FAILED'].includes(state)) {
				throw new Error(`${what} is ${state}`);
			}

			return state === wanted ? true : undefined;
		}, patience);
		t.log(`${what}, ${wanted}: ${Math.round((Date.now() - started) / 1000)} s`);
	};

	return {
		say, ask,
		healthy: async (name: string): Promise<void> => become(`instance ${name}`, 'HEALTHY', async () => (await ask<{readonly operating_status: string}>('database', 'instance', 'show', name)).operating_status),
		backedUp: async (name: string): Promise<void> => become(`backup ${name}`, 'COMPLETED', async () => (await ask<{readonly status: string}>('database', 'backup', 'show', name)).status),
	};
};

/** The last line of a module of the package that services of Trove import. */
const edit = 'echo \'# edited where it is\' >>/opt/stack/k2hdkc/trove-k2hdkc/trove_k2hdkc/__init__.py';

const followsEdits = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await machine.must(`runuser -u stack -- sh -c "${edit}"`);
	t.regex((await on(t, machine, 0, ['plan'])).stdout, /devstack\.editable/);
	const {code, events, stderr, seconds} = await follow(['up', '--yes', ...machine.words], () => undefined);
	t.is(code, 0, stderr);
	t.log(`up after an edit: ${Math.round(seconds)} s`);
	t.deepEqual(worked(events), ['devstack.editable']);
	await machine.must('grep -q "edited where it is" /opt/stack/trove/trove_k2hdkc/__init__.py');
	await on(t, machine, 0, ['status', '--detailed-exitcode']);
};

test.serial('an instance of 2026.1 on trixie is healthy, is backed up, and serves when the machine has booted again', async t => {
	if (!await needs(t, {...sshMachineNeeds, missing: reason})) {
		return;
	}

	const [newest] = realReleases;
	const made = await createRealDevstackMachine(t, mirrors!, newest!);
	const machine = {...made, words: [...made.words, ...withImages]};
	await cp(k2hdkc!, path.join(machine.root, prefix), {recursive: true, verbatimSymlinks: true});
	const {seconds} = await on(t, machine, 0, ['up', '--yes']);
	t.log(`up: ${Math.round(seconds)} s`);
	const {say, ask, healthy, backedUp} = openTroveOf(t, machine);
	await say('flavor', 'create', 'k2hdkc', '--ram', '1024', '--disk', '4', '--ephemeral', '1', '--vcpus', '1');
	const {id: network} = await ask<{readonly id: string}>('network', 'show', 'private');
	await say('database', 'instance', 'create', 'node', '--datastore', 'k2hdkc', '--datastore-version', '1.0.19', '--flavor', 'k2hdkc', '--nic', `net-id=${network}`);
	await healthy('node');
	await followsEdits(t, machine);
	await say('database', 'backup', 'create', 'monday', '--instance', 'node');
	await backedUp('monday');
	await machine.restart();
	t.log(`up after a reboot: ${Math.round((await on(t, machine, 0, ['up'])).seconds)} s`);
	await healthy('node');
});
