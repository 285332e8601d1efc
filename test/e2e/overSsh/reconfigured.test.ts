import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {dataIsKept, leaveData} from '../support/kept.js';
import {imitateReboot, inside} from '../support/machine.js';
import {changing, mend, mends, versionsOf, type PlanDocument, type StatusDocument} from '../support/mend.js';
import {document, expect, follow, hostNeeds, paths, run, worked} from '../support/tool.js';

// What changes an environment that stands, and is the same for each.
test.serial('a changed quota touches only the services that read it, and holds', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const change = ['--set', 'openstack.quotas.instances=41'];
	const plan = document<PlanDocument>(await expect(t, 5, ['plan', '--json', '--detailed-exitcode', ...change]));
	t.deepEqual(changing(plan), ['nova', 'nova.databases']);
	const {stdout} = await expect(t, 0, ['plan', '--explain', ...change]);
	t.true(stdout.includes('quotas.instances: 40 → 41'), stdout);
	await mends(t, ['nova', 'nova.databases'], change);
	const cloud = await openCloud((await paths()).environment);
	const {body} = await cloud.ask(8774, `/v2.1/os-quota-sets/${cloud.project}`);
	t.is((body as {quota_set: {instances: number}}).quota_set.instances, 41);
});

test.serial('a second datastore version comes by the user\'s file', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const cwd = await mkdtemp(path.join(tmpdir(), 'k2hdkc-e2e-user-'));
	t.teardown(async () => rm(cwd, {recursive: true, force: true}));
	await writeFile(path.join(cwd, 'k2hdkc-devstack.yaml'), `
openstack:
  quotas:
    instances: 41
datastore:
  versions:
    - {name: "1.0.19", active: true, imageTags: [trove, k2hdkc]}
    - {name: "1.0.18", active: true, imageTags: [trove, k2hdkc, old]}
`);
	const {events, code, stderr} = await follow(['up'], () => undefined, {cwd});
	t.is(code, 0, stderr);
	t.deepEqual(worked(events), ['datastore.registration']);
	t.deepEqual(await versionsOf(t), ['1.0.18', '1.0.19']);
	t.is((await run(['status', '--detailed-exitcode'], {cwd})).code, 0);
});

test.serial('without the changes up goes back to the defaults; what was registered stays', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await mends(t, ['datastore.registration', 'nova', 'nova.databases']);
	t.deepEqual(await versionsOf(t), ['1.0.18', '1.0.19']);
});

test.serial('drift is seen, and only that is mended', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await inside('systemctl stop glance-api; echo "# changed" >> /etc/placement/placement.conf');
	const status = document<StatusDocument>(await expect(t, 5, ['status', '--json', '--detailed-exitcode']));
	t.deepEqual(status.steps.filter(({standing}) => standing !== 'ok').map(({id, standing}) => `${id} ${standing}`).toSorted(), ['glance broken', 'placement broken']);
	await mends(t, ['glance', 'placement']);
});

test.serial('after a reboot of the host up completes, and says what the reboot took', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await leaveData();
	await imitateReboot();
	const reasons = await mend(t);
	for (const step of ['sandbox.machine', 'sandbox.network']) {
		t.regex(reasons.get(step) ?? '', /^lost by a reboot/, step);
	}

	await dataIsKept(t);
	t.deepEqual(await versionsOf(t), ['1.0.18', '1.0.19']);
});
