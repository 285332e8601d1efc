import {readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {runCommand} from '../../helpers/runCommand.js';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {connectFrom, createFarAddress} from '../support/farHost.js';
import {inside, machineName} from '../support/machine.js';
import {changing, mends, versionsOf, type PlanDocument, type StatusDocument} from '../support/mend.js';
import {filesWithSecrets, readSecrets, secretsIn, watchCommandLines} from '../support/secrets.js';
import {document, expect, hostNeeds, name, paths, run} from '../support/tool.js';

const stateText = async (): Promise<string> => readFile(path.join((await paths()).environment, 'state.json'), 'utf8');

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
