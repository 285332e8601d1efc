import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {createPlace, type Place} from './tool.js';

const logRoot = ({directory}: Place): string => path.join(directory, 'state/k2hdkc-devstack/default');

test('up builds, says what stands, and a second up says that it is in place', async t => {
	const place = await createPlace(t);
	const first = await place.run(['up']);
	t.is(first.code, 0, first.stderr);
	for (const words of ['Profile sandbox, because', 'RUN  first', 'left: done in', '4 steps to run', 'finished after', 'KVM: /dev/kvm is missing']) {
		t.true(first.stderr.includes(words), words);
	}

	for (const words of ['is ready after', 'http://10.0.0.2:5000/v3', 'clouds.yaml', 'k2hdkc  1.0.17  active, default', 'Nova has no compute host yet']) {
		t.true(first.stdout.includes(words), words);
	}

	t.regex(first.stdout, /Next\n {2}k2hdkc-devstack status\n {2}k2hdkc-devstack shell\n {2}k2hdkc-devstack down\n$/);
	const second = await place.run(['up']);
	t.is(second.code, 0);
	t.true(second.stderr.includes('Everything is in place and verified: 4 steps.'));
	t.false(second.stderr.includes('KVM'), 'no preflight when nothing changes');
	t.true(second.stdout.includes('everything is in place and verified'));
});

test('another machine is started anew for what is in effect after that alone, once, and the work goes on', async t => {
	const wants = {FAKE_RESTART: 'left'};
	const here = await (await createPlace(t)).run(['up'], wants);
	t.is(here.code, 1);
	t.regex(here.stderr, /FAILED left: The machine must be started anew \[K2D2011]/);
	t.false(here.stderr.includes('starting'), 'the tool would end itself');
	const other = await (await createPlace(t)).run(['up'], {...wants, FAKE_MACHINE: 'another'});
	t.is(other.code, 0, other.stderr);
	t.regex(other.stderr, /right: done in[\s\S]*starting local anew[\s\S]*waiting until it is there again[\s\S]*left: done in/);
	t.is(other.stderr.split('first: done in').length, 2, 'what is done stays done');
	t.true(other.stdout.includes('is ready after'));
	const stubborn = await (await createPlace(t)).run(['up'], {...wants, FAKE_MACHINE: 'stubborn'});
	t.is(stubborn.code, 1);
	t.is(stubborn.stderr.split('starting local anew').length, 2);
	t.regex(stubborn.stderr, /\[K2D2011]/);
	const mixed = await (await createPlace(t)).run(['up'], {...wants, FAKE_MACHINE: 'another', FAKE_FAIL: 'right'});
	t.is(mixed.code, 1);
	t.false(mixed.stderr.includes('starting'), 'another failure is told first');
});

test('plan and status tell the same, and --detailed-exitcode tells whether something is to do', async t => {
	const place = await createPlace(t);
	const before = await place.run(['plan', '--json', '--detailed-exitcode']);
	t.is(before.code, 5);
	t.like(JSON.parse(before.stdout), {pending: true, leftOut: [{what: 'compute'}]});
	for (const words of [['plan'], ['up', '--dry-run']]) {
		t.regex((await place.run(words)).stdout, /Left out\n {2}compute +Nova has no compute host yet\n/);
	}

	t.is((await place.run(['status', '--detailed-exitcode'])).code, 5);
	await place.run(['up']);
	t.is((await place.run(['plan', '--detailed-exitcode'])).code, 0);
	const status = JSON.parse((await place.run(['status', '--json', '--detailed-exitcode'])).stdout) as {inPlace: boolean; steps: Array<{standing: string}>};
	t.true(status.inPlace);
	t.deepEqual(status.steps.map(({standing}) => standing), ['ok', 'ok', 'ok', 'ok']);
	const changed = await place.run(['plan', '--explain'], {FAKE_VERSION: '2'});
	t.true(changed.stdout.includes('version: "1" → "2"'), changed.stdout);
});

test('a failing step is the last thing that is said, with its output, its log and the command that resumes', async t => {
	const place = await createPlace(t);
	const {code, stdout, stderr} = await place.run(['up', '--fresh', '--set', 'timeouts.scale=2'], {FAKE_FAIL: 'left'});
	t.is(code, 1);
	t.is(stdout, '');
	t.true(stderr.includes('right: done in'), 'what does not need it goes on');
	const block = stderr.slice(stderr.indexOf('FAILED left: '));
	for (const words of ['[K2D2001]', '| E: it broke', 'remedy', `log     ${logRoot(place)}`, 'left.log']) {
		t.true(block.includes(words), block);
	}

	t.true(block.endsWith('  resume  k2hdkc-devstack up --set timeouts.scale=2\n'), block);
	const log = /log {5}(?<file>.*)/.exec(block)?.groups?.file ?? '';
	t.true((await readFile(log, 'utf8')).includes('E: it broke'));
	t.is((await place.run(['up'])).code, 0);
});

test('an error that nobody caught is one block too, with a stack only for -v', async t => {
	const place = await createPlace(t);
	const crash = {FAKE_CRASH: 'left', FAKE_SLEEP: 'left', FAKE_SECONDS: '2', FAKE_SECRET: 'hunter2-hunter2'};
	const {code, stderr} = await place.run(['up'], crash);
	t.is(code, 1);
	t.true(stderr.includes('[K2D9001]') && stderr.includes('out of nowhere, with ***'), stderr);
	t.false(stderr.includes('    at '), stderr);
	t.true((await place.run(['up', '-v', '--name', 'other'], crash)).stderr.includes('    at '));
	t.is((await place.run(['up'])).code, 0, 'and the next up goes on');
});

test('with npx the resume command says npx', async t => {
	const place = await createPlace(t);
	const {stderr} = await place.run(['up', '--only', 'first'], {FAKE_FAIL: 'first', npm_command: 'exec'});
	t.true(stderr.endsWith('  resume  npx k2hdkc-devstack up --only first\n'), stderr);
});

test('--json is one document, whether it went well or not', async t => {
	const place = await createPlace(t);
	const failed = await place.run(['up', '--json'], {FAKE_FAIL: 'right'});
	t.like(JSON.parse(failed.stdout), {result: 'failed', exitCode: 1, failures: [{code: 'K2D2001', lastLines: ['one', 'E: it broke']}], resume: 'k2hdkc-devstack up --json'});
	const ok = await place.run(['up', '--json']);
	t.like(JSON.parse(ok.stdout), {result: 'ok', exitCode: 0, failures: [], environment: {endpoints: [{name: 'keystone'}]}});
	t.like(JSON.parse((await place.run(['doctor', '--json'])).stdout), {ready: true});
	t.like(JSON.parse((await place.run(['datastore', 'list', '--json'])).stdout), {datastoreVersions: [{name: '1.0.17'}]});
	t.like(JSON.parse((await place.run(['unlock', '--json'])).stdout), {state: 'free', removed: false});
	t.like(JSON.parse((await place.run(['down', '--dry-run', '--json'])).stdout), {depth: 'services'});
	t.like(JSON.parse((await place.run(['logs', '--json'])).stdout), {ended: true, result: 'ok'});
});

test('--events is JSON lines on stdout and no other text there', async t => {
	const place = await createPlace(t);
	const {stdout, stderr, code} = await place.run(['up', '--events'], {FAKE_SECRET: 'hunter2-hunter2'});
	t.is(code, 0);
	const events = stdout.trimEnd().split('\n').map(line => JSON.parse(line) as {type: string; at: string; line?: string});
	t.deepEqual([...new Set(events.map(({type}) => type))], ['notice', 'run-start', 'plan', 'step-start', 'step-say', 'step-output', 'step-end', 'run-end']);
	t.true(events.every(({at}) => !Number.isNaN(Date.parse(at))));
	t.true(events.some(({line}) => line === 'token ***'));
	t.is(stderr, '');
});

test('logs are private, masked, one a step, and the last 50 runs are kept', async t => {
	const place = await createPlace(t);
	for (let day = 10; day < 65; day++) {
		const old = path.join(logRoot(place), `20250101T0000${String(day % 60).padStart(2, '0')}Z-${day}`);
		await mkdir(old, {recursive: true});
		await writeFile(path.join(old, 'run.log'), 'old');
	}

	const {code} = await place.run(['up'], {FAKE_SECRET: 'hunter2-hunter2', FAKE_OUTPUT: 'left'});
	t.is(code, 0);
	const runs = (await readdir(logRoot(place))).toSorted();
	t.is(runs.length, 50);
	const directory = path.join(logRoot(place), runs.at(-1)!);
	t.is((await stat(directory)).mode & 0o777, 0o700);
	const files = (await readdir(directory)).toSorted();
	t.deepEqual(files, ['datastore.versions.log', 'first.log', 'left.log', 'results.jsonl', 'right.log', 'run.log']);
	for (const file of files) {
		t.is((await stat(path.join(directory, file))).mode & 0o777, 0o600);
		t.false((await readFile(path.join(directory, file), 'utf8')).includes('hunter2'));
	}

	t.true((await readFile(path.join(directory, 'left.log'), 'utf8')).includes('output 49 of left\n'));
	const printed = await place.run(['logs', 'left']);
	t.true(printed.stdout.includes('token ***') && printed.stdout.includes('output 49 of left'));
	t.true((await place.run(['logs'])).stdout.includes('left: done in'));
	t.true((await place.run(['logs', 'lefft'])).stderr.includes('Did you mean "left"?'));
});

test('logs that cannot be written are said, and the run goes on', async t => {
	const place = await createPlace(t);
	await writeFile(path.join(place.directory, 'state'), 'a file where a directory should be');
	const {code, stderr} = await place.run(['up']);
	t.is(code, 0, stderr);
	t.true(stderr.includes('Logs cannot be written under'));
});

test('a check that fails stops up before anything changes', async t => {
	const place = await createPlace(t);
	const failed = await place.run(['up'], {FAKE_CHECK: 'fail'});
	t.is(failed.code, 3);
	for (const words of ['[K2D3004]', '1 GiB free, 10 GiB needed.', 'Free some space.', 'resume']) {
		t.true(failed.stderr.includes(words), failed.stderr);
	}

	t.false(failed.stderr.includes('first: started'));
	const doctor = await place.run(['doctor'], {FAKE_CHECK: 'fail'});
	t.is(doctor.code, 3);
	t.regex(doctor.stdout, /FAIL {2}Disk {4}1 GiB free, 10 GiB needed\.\n {6}→ Free some space\. \[K2D3004]\n\n1 passed, 1 with a warning, 1 failed\./);
	const thrown = await place.run(['doctor', '--json'], {FAKE_CHECK: 'throw'});
	t.is(thrown.code, 3);
	t.true(thrown.stdout.includes('The check itself failed: df did not answer.'));
});

test('down takes back as deep as it is told, and everything takes the logs as well', async t => {
	const place = await createPlace(t);
	await place.run(['up']);
	const services = await place.run(['down']);
	t.is(services.code, 0, services.stderr);
	t.true(services.stdout.includes('Its data is kept'));
	t.true(services.stderr.includes('left: undone') && !services.stderr.includes('first: undone'));
	t.true((await place.run(['down', '--dry-run', '--depth', 'sources'])).stdout.includes('first  taken back'));
	t.is((await place.run(['down', '--depth', 'everything', '--yes'])).code, 0);
	await t.throwsAsync(readdir(logRoot(place)), {code: 'ENOENT'});
});

test('what would lose data to be made anew is asked for; without a terminal only --yes answers', async t => {
	const place = await createPlace(t);
	await place.run(['up']);
	const changed = {FAKE_VERSION: '2'};
	const refused = await place.run(['up'], changed);
	t.is(refused.code, 2, refused.stderr);
	t.regex(refused.stderr, /\[K2D1008]/);
	t.regex(refused.stderr, /Title of first \(first\), its inputs have changed since [^;]+: it is made anew, and all data in it goes/);
	t.is((await place.run(['status', '--detailed-exitcode'])).code, 0, 'nothing was touched');
	const agreed = await place.run(['up', '--yes'], changed);
	t.is(agreed.code, 0, agreed.stderr);
	t.is((await place.run(['status', '--detailed-exitcode'], changed)).code, 0);
});

test('environments stand beside each other by name', async t => {
	const place = await createPlace(t);
	await place.run(['up', '--name', 'one']);
	t.is((await place.run(['plan', '--name', 'one', '--detailed-exitcode'])).code, 0);
	t.is((await place.run(['plan', '--name', 'two', '--detailed-exitcode'])).code, 5);
});

test('nothing asks without a terminal, even when standard input has an answer', async t => {
	const place = await createPlace(t);
	await place.run(['up']);
	const {code, stderr} = await place.run(['down', '--depth', 'sources']);
	t.is(code, 2);
	t.true(stderr.includes('[K2D1008]'));
	t.is((await place.run(['plan', '--detailed-exitcode'])).code, 0, 'nothing was taken back');
});
