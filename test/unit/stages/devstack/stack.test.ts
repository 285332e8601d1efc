import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {runCommand} from '../../../helpers/runCommand.js';
import {afterwards, cleanScript, parseStackState, phaseOf, servicesProbe, stackProbe, stackScript, type StackState} from '../../../../scripts/stages/devstack/stackState.js';
import {userProbe} from '../../../../scripts/stages/devstack/user.js';

const runs = (name: string) => ({name: `devstack@${name}.service`, runs: true});
const stopped = (name: string) => ({name: `devstack@${name}.service`, runs: false});

test('what the machine says of stack.sh', t => {
	t.deepEqual(parseStackState('absent\n'), {state: 'absent', units: []});
	t.deepEqual(parseStackState('begun\ndevstack@keystone.service active\n'), {state: 'begun', units: [runs('keystone')]});
	t.deepEqual(parseStackState('done 2026-01-01T00:00:00Z\ndevstack@keystone.service active\ndevstack@n-cpu.service failed\n'), {state: 'done', when: '2026-01-01T00:00:00Z', units: [runs('keystone'), stopped('n-cpu')]});
});

const probes: ReadonlyArray<readonly [what: string, state: StackState, answers: boolean, stack: string, services: string, evidence: RegExp]> = [
	['nothing', {state: 'absent', units: []}, false, 'absent', 'absent', /has not been run \| there are no units/],
	['broken off', {state: 'begun', units: [runs('keystone')]}, true, 'broken', 'present', /has not ended well/],
	['done', {state: 'done', when: '2026-01-01', units: [runs('keystone'), runs('g-api')]}, true, 'present', 'present', /at 2026-01-01, and has made 2 services \| 2 services run, and their APIs answer/],
	['stopped', {state: 'done', units: [stopped('keystone'), runs('g-api')]}, false, 'present', 'absent', /not running: devstack@keystone\.service$/],
	['mute', {state: 'done', units: [runs('keystone')]}, false, 'present', 'broken', /not all of their APIs answer$/],
	['cleaned by hand', {state: 'done', units: []}, false, 'broken', 'absent', /no unit of DevStack is there any more/],
];

for (const [what, state, answers, stack, services, evidence] of probes) {
	test(`a DevStack: ${what}`, t => {
		const [one, other] = [stackProbe(state), servicesProbe(state, answers)];
		t.deepEqual([one.state, other.state], [stack, services] as [typeof one.state, typeof other.state]);
		t.regex(`${one.evidence} | ${other.evidence}`, evidence);
	});
}

const lines: ReadonlyArray<readonly [line: string, phase: string | undefined]> = [
	['+ ./stack.sh:main:1021                   :   echo_summary \'Starting Keystone\'', 'Starting Keystone'],
	['2026-08-14 10:11:12.345 | + ./stack.sh:main:830 :   echo_summary \'Installing package prerequisites\'  ', 'Installing package prerequisites'],
	['++ lib/databases/mysql:configure_database_mysql:87 :   echo_summary Starting', 'Starting'],
	['+ functions-common:echo_summary:420 :   [[ -t 3 ]]', undefined],
	['Starting Keystone', undefined],
	['', undefined],
];

for (const [line, phase] of lines) {
	test(`phase of ${JSON.stringify(line)}`, t => {
		t.is(phaseOf(line), phase);
	});
}

test('what stack.sh traces after it has failed is not why', t => {
	t.true(['+ ./stack.sh:exit_trap:536                 :   [[ 1 -ne 0 ]]', '++ ./stack.sh:exit_trap:520  :   jobs -p', 'ovs-ofctl: br-int is not a bridge or a socket'].every(line => afterwards.test(line)));
	t.false(['+ functions-common:restart_service:1       :   exit_trap', 'Error on exit', '+ ./stack.sh:main:517 :   trap exit_trap EXIT'].some(line => afterwards.test(line)));
});

const users: ReadonlyArray<readonly [home: string | undefined, granted: string | undefined, state: string]> = [
	[undefined, undefined, 'absent'], ['/home/stack', undefined, 'broken'], ['/opt/stack', undefined, 'broken'], ['/opt/stack', 'stack ALL=(ALL) ALL\n', 'broken'], ['/opt/stack', 'stack ALL=(root) NOPASSWD:ALL\n', 'present'],
	['/opt/stack', 'stack ALL=(root) NOPASSWD:ALL\nDefaults:stack !requiretty\n', 'present'],
];

for (const [home, granted, state] of users) {
	test(`a user with home ${home} and ${JSON.stringify(granted)}`, t => {
		t.is(userProbe('/opt/stack', home, granted).state, state as ReturnType<typeof userProbe>['state']);
	});
}

/** A checkout of DevStack whose programs write what they do, and end with these codes. */
const standIn = (t: ExecutionContext, codes: Readonly<Record<string, number>> = {}) => {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'devstack-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	for (const name of ['stack', 'unstack', 'clean']) {
		const file = path.join(directory, `${name}.sh`);
		writeFileSync(file, `#!/bin/sh\necho ${name} >>calls\n${name === 'stack' ? 'touch .stackenv\n' : ''}exit ${codes[name] ?? 0}\n`);
		chmodSync(file, 0o755);
	}

	return {
		run: async (script: string) => (await runCommand('sh', ['-euc', script, 'sh', directory])).code,
		calls: () => existsSync(path.join(directory, 'calls')) ? readFileSync(path.join(directory, 'calls'), 'utf8').trim().split('\n').join(' ') : '',
		isDone: () => existsSync(path.join(directory, '.k2hdkc-done')),
	};
};

test('stack.sh is run, and marked when it has ended well', async t => {
	const {run, calls, isDone} = standIn(t);
	t.is(await run(stackScript), 0);
	t.is(calls(), 'stack');
	t.true(isDone());
});

test('one that was begun is taken down first, whatever comes of that', async t => {
	const {run, calls, isDone} = standIn(t, {unstack: 1});
	await run(stackScript);
	t.is(await run(stackScript), 0);
	t.is(calls(), 'stack unstack stack');
	t.true(isDone());
});

test('a stack.sh that fails leaves no mark, and its code', async t => {
	const {run, isDone} = standIn(t, {stack: 5});
	t.is(await run(stackScript), 5);
	t.false(isDone());
});

test('clean.sh is run where stack.sh was, and the mark goes', async t => {
	const {run, calls, isDone} = standIn(t);
	t.is(await run(cleanScript), 0);
	t.is(calls(), '');
	await run(stackScript);
	t.is(await run(cleanScript), 0);
	t.is(calls(), 'stack clean');
	t.false(isDone());
});
