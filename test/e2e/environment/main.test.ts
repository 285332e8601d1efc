import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {runCommand} from '../../helpers/runCommand.js';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {connectFrom, createFarAddress} from '../support/farHost.js';
import {dataIsKept, leaveData} from '../support/kept.js';
import {imitateReboot, inside, machineName} from '../support/machine.js';
import {filesWithSecrets, readSecrets, secretsIn, watchCommandLines} from '../support/secrets.js';
import {document, expect, follow, hostNeeds, name, paths, run, worked} from '../support/tool.js';

type PlanDocument = {readonly pending: boolean; readonly steps: ReadonlyArray<{readonly id: string; readonly verdict: string; readonly reason: string; readonly inputs?: unknown}>};
type StatusDocument = {
	readonly inPlace: boolean;
	readonly steps: ReadonlyArray<{readonly id: string; readonly standing: string}>;
	readonly endpoints: ReadonlyArray<{readonly name: string; readonly url: string}>;
};

const stateText = async (): Promise<string> => readFile(path.join((await paths()).environment, 'state.json'), 'utf8');

const changing = ({steps}: PlanDocument): string[] => steps.filter(({verdict}) => verdict !== 'SKIP').map(({id}) => id).toSorted();

const versionsOf = async (t: ExecutionContext): Promise<string[]> => {
	const {stdout} = await expect(t, 0, ['openstack', '--', 'datastore', 'version', 'list', 'k2hdkc', '-f', 'json']);
	return (JSON.parse(stdout) as Array<{Name: string}>).map(version => version.Name).toSorted();
};

/** `up` that is expected to end verified; gives the steps it worked on, with the reasons. */
const mend = async (t: ExecutionContext, args: readonly string[] = []): Promise<ReadonlyMap<string, string>> => {
	const {code, events, stderr, seconds} = await follow(['up', ...args], () => undefined);
	t.is(code, 0, stderr);
	t.log(`up ${args.join(' ')}: ${seconds.toFixed(1)} s for ${worked(events).join(', ')}`);
	t.true(document<StatusDocument>(await run(['status', '--json', ...args])).inPlace);
	return new Map(events.flatMap(event => event.type === 'step-start' ? [[event.step.id, event.reason]] : []));
};

/** The same, where it is to be these steps and no others. */
const mends = async (t: ExecutionContext, steps: readonly string[], args: readonly string[] = []): Promise<void> => {
	t.deepEqual([...(await mend(t, args)).keys()].toSorted(), steps.toSorted());
};

test.serial('up builds everything from nothing and says what stands', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {environment} = await paths();
	const watch = watchCommandLines();
	const up = await expect(t, 0, ['up']);
	const lines = await watch.stop();
	for (const words of [/Profile sandbox, because/, /RUN +keystone/, /keystone: done in/, /finished after/]) {
		t.regex(up.stderr, words);
	}

	t.false(up.stderr.includes('\u001B'), 'no escape codes without a terminal');
	for (const words of [`Environment ${name} (profile sandbox) is ready after`, ':5000/v3', `${environment}/clouds.yaml`, 'k2hdkc  1.0.19  active, default', 'compute host', 'Next']) {
		t.true(up.stdout.includes(words), `${words}\n${up.stdout}`);
	}

	const secrets = await readSecrets(environment);
	t.true(secrets.size > 20);
	t.true(lines.size > 100 && [...lines].some(line => line.includes('keystone-manage')), `${lines.size} command lines were seen`);
	t.deepEqual([...lines].filter(line => secretsIn(line, secrets).length > 0), []);
	t.deepEqual(secretsIn(up.stdout + up.stderr, secrets), []);
});

test.serial('the version stands in Trove, seen through its API', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	t.deepEqual(await versionsOf(t), ['1.0.19']);
	t.like(document(await expect(t, 0, ['datastore', 'list', '--json'])), {datastoreVersions: [{datastore: 'k2hdkc', name: '1.0.19', active: true, default: true}]});
});

test.serial('a second up verifies everything and changes nothing', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const before = await stateText();
	const {stderr, stdout} = await expect(t, 0, ['up']);
	t.regex(stderr, /Everything is in place and verified: \d+ steps\./);
	t.true(stdout.includes('everything is in place and verified'));
	t.is(await stateText(), before);
	const plan = document<PlanDocument>(await expect(t, 0, ['plan', '--json', '--detailed-exitcode']));
	t.false(plan.pending);
	t.deepEqual(changing(plan), []);
	t.true(plan.steps.length > 20 && plan.steps.every(({reason}) => reason.startsWith('in place and verified: ')));
	const status = document<StatusDocument>(await expect(t, 0, ['status', '--json', '--detailed-exitcode']));
	t.true(status.inPlace && status.steps.every(({standing}) => standing === 'ok'));
	for (const {url} of status.endpoints) {
		t.true((await fetch(url)).status < 500, url);
	}
});

test.serial('services answer this host, and nobody beyond it', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {address} = await openCloud((await paths()).environment);
	const far = await createFarAddress(t);
	t.is(await connectFrom(undefined, address, 5000), 'open');
	t.is(await connectFrom(undefined, address, 5672), 'open');
	for (const port of [5000, 3306, 5672, 8779]) {
		t.is(await connectFrom(far, address, port), 'silence', `port ${port}`);
	}

	// Without the machine's packet filter the way is open: it is the filter that closes it, and its loss is seen and mended.
	const removed = await runCommand('ip', ['netns', 'exec', machineName, 'nft', 'delete', 'table', 'inet', 'k2hdkc_devstack']);
	t.is(removed.code, 0, removed.stderr);
	t.is(await connectFrom(far, address, 5000), 'open');
	const status = document<StatusDocument>(await expect(t, 5, ['status', '--json', '--detailed-exitcode']));
	t.deepEqual(status.steps.filter(({standing}) => standing !== 'ok').map(({id}) => id), ['sandbox.network']);
	await mends(t, ['sandbox.network']);
	t.is(await connectFrom(far, address, 5000), 'silence');
});

test.serial('clouds.yaml works from the host, and secrets are nobody else\'s to read', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {environment, state} = await paths();
	await t.notThrowsAsync(openCloud(environment, `${machineName}-demo`));
	for (const file of ['clouds.yaml', 'openrc', 'secrets.json', 'state.json', 'journal.jsonl', 'addresses.json', 'machine.log']) {
		t.is((await stat(path.join(environment, file))).mode & 0o777, 0o600, file);
	}

	for (const directory of [state, environment, path.join(environment, 'jobs')]) {
		t.is((await stat(directory)).mode & 0o777, 0o700, directory);
	}
});

test.serial('no secret is in a log, a record, the journal or what the tool prints', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {environment} = await paths();
	const secrets = await readSecrets(environment);
	const {logs = ''} = document<{logs?: string}>(await expect(t, 0, ['up', '--json']));
	t.true((await readdir(path.dirname(logs))).length > 1);
	t.deepEqual(await filesWithSecrets(path.dirname(logs), secrets), []);
	t.deepEqual(await filesWithSecrets(path.join(environment, 'jobs'), secrets), []);
	for (const file of ['state.json', 'journal.jsonl', 'machine.log']) {
		t.deepEqual(secretsIn(await readFile(path.join(environment, file), 'utf8'), secrets), [], file);
	}

	t.deepEqual(secretsIn(await inside('journalctl --no-pager --output=verbose'), secrets), []);
	for (const args of [['config', 'show'], ['plan', '--json', '--explain'], ['status', '--json'], ['doctor', '--json']]) {
		const {stdout, stderr} = await run(args);
		t.true(stdout.length > 100, args.join(' '));
		t.deepEqual(secretsIn(stdout + stderr, secrets), [], args.join(' '));
	}
});

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

test.serial('a second environment plans ranges of its own and leaves no trace', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {environment, state} = await paths();
	const rangesIn = (values: unknown): string[] => Object.values(values as Record<string, unknown>).map(String).filter(value => value.includes('/'));
	const own = new Set(rangesIn(JSON.parse(await readFile(path.join(environment, 'addresses.json'), 'utf8'))));
	const {steps} = document<PlanDocument>(await expect(t, 0, ['plan', '--json', '--explain'], {environment: 'ci-two'}));
	const others = rangesIn(steps.find(({id}) => id === 'sandbox.network')!.inputs);
	t.is(others.length, 3);
	t.deepEqual(others.filter(range => own.has(range)), []);
	t.false((await readdir(state)).includes('ci-two'));
});
