import {execFileSync} from 'node:child_process';
import test from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {parseJobState} from '../../../scripts/machines/jobState.js';
import {followJobScript, killJobScript, startJobScript} from '../../../scripts/machines/shell/jobControl.js';
import {jobScript} from '../../../scripts/machines/shell/jobRunner.js';
import {jobStateScript} from '../../../scripts/machines/shell/jobState.js';
import {lockHolderScript} from '../../../scripts/machines/shell/lock.js';
import {endGroupScript} from '../../../scripts/machines/shell/processGroup.js';

const states = [
	['none\n', {state: 'none'}],
	['lost', {state: 'lost'}],
	['running 4711 2026-11-22T13:49:22Z', {state: 'running', pid: 4711, startedAt: '2026-11-22T13:49:22Z'}],
	['ended code 0', {state: 'ended', code: 0}],
	['ended code 3', {state: 'ended', code: 3}],
	['ended timeout 143', {state: 'ended', code: 143, by: 'timeout'}],
	['ended idle 143', {state: 'ended', code: 143, by: 'idle'}],
	['ended killed 137', {state: 'ended', code: 137, by: 'killed'}],
] as const;

for (const [text, state] of states) {
	test(`"${text.trim()}" is read`, t => {
		t.deepEqual(parseJobState(text), state);
	});
}

test('anything else is not a state', t => {
	t.throws(() => parseJobState('sh: not found'), {message: /not the state of a job/});
});

const scripts = {
	followJobScript, killJobScript, startJobScript, jobStateScript, lockHolderScript, endGroupScript,
	jobScript: jobScript({id: 'a', timeout: 1, idleTimeout: 0.5}, {argv: ['printf', 'it\'s'], env: {A: 'b c'}, cwd: '/a b'}),
};

for (const shell of ['sh', 'bash']) {
	for (const [name, script] of Object.entries(scripts)) {
		test(`${shell} can read ${name}`, t => {
			t.is(execFileSync(shell, ['-n'], {input: script}).toString(), '');
		});
	}
}

test('limits are hundredths of a second, none is empty', t => {
	t.regex(scripts.jobScript, /^limit=100\nidle=50$/m);
	t.regex(jobScript({id: 'a'}, {argv: ['true']}), /^limit=\nidle=$/m);
});

test('ids and directories that would leave their place are refused', async t => {
	const machine = createLocalMachine();
	await t.throwsAsync(machine.jobState('/tmp', '../etc'), {instanceOf: TypeError});
	await t.throwsAsync(machine.jobState('relative', 'a'), {instanceOf: TypeError});
});
