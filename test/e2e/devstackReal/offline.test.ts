import process from 'node:process';
import test from 'ava';
import {sshMachineNeeds} from '../../fixtures/sshMachine.js';
import {needs} from '../../helpers/needs.js';
import {on} from '../support/devstackMachine.js';
import {createRealDevstackMachine, realReleases} from '../support/realDevstack.js';
import {document, expect, follow} from '../support/tool.js';

const mirrors = process.env.TEST_DEVSTACK_MIRRORS;
const reason = mirrors === undefined ? 'needs git mirrors of OpenStack; TEST_DEVSTACK_MIRRORS names the directory with bare repositories NAME.git' : undefined;

for (const release of realReleases) {
	test.serial(`stack.sh of ${release.release} on ${release.suite}, with what was fetched and no network, to its end`, async t => {
		if (!await needs(t, {...sshMachineNeeds, missing: reason})) {
			return;
		}

		const machine = await createRealDevstackMachine(t, mirrors!, release);
		const fetched = await on(t, machine, 0, ['fetch']);
		t.log(`fetch: ${Math.round(fetched.seconds)} s`);
		await machine.cutOff();
		await on(t, machine, 0, ['doctor', '--offline']);
		const {code, stderr, seconds} = await follow(['up', '--offline', '--yes', ...machine.words], () => undefined);
		t.is(code, 0, stderr);
		t.log(`up --offline: ${Math.round(seconds)} s`);
		const datastores = document<ReadonlyArray<{readonly Name: string}>>(await expect(t, 0, ['openstack', ...machine.words, '--', 'datastore', 'list', '--format', 'json']));
		t.true(datastores.some(({Name: name}) => name === 'k2hdkc'));
		await on(t, machine, 0, ['status', '--detailed-exitcode']);
		await machine.must('test ! -e /etc/apt/apt.conf.d/99k2hdkc-devstack');
	});
}
