import test from 'ava';
import type {CommandContext} from '../../../scripts/cli/context.js';
import {doctor} from '../../../scripts/commands/doctor.js';
import type {CheckResult, Ground} from '../../../scripts/commands/environment.js';
import {plan} from '../../../scripts/commands/plan.js';
import {createLiveMask} from '../../../scripts/report/mask.js';
import {inDirectory} from '../config/workspace.js';

const createGround = (local: CheckResult, outside: CheckResult): Ground & {readonly closed: () => number} => {
	let count = 0;
	return {
		checks: [
			{id: 'local', title: 'Local', stage: 'machine', run: async () => local},
			{id: 'outside', title: 'Outside', stage: 'sources', asksOutside: true, run: async () => outside},
		],
		checkedOnly: 'Profile devstack is not built by this version.',
		async close() {
			count++;
		},
		closed: () => count,
	};
};

const pass: CheckResult = {result: 'PASS', found: 'fine'};
const failure: CheckResult = {result: 'FAIL', found: 'gone', remedy: 'Bring it back.', code: 'K2D3011'};

const run = async (command: typeof doctor, ground: Ground, offline = false): Promise<{readonly exitCode: number; readonly stdout: string}> => {
	let stdout = '';
	const output: CommandContext['stdout'] = {
		isTty: false, closed: new AbortController().signal, columns: () => 80, rows: () => 24, async flush() {},
		write(text) {
			stdout += text;
		},
		line(text = '') {
			stdout += `${text}\n`;
		},
	};
	const silent = {...output, write() {}, line() {}};
	const {signal} = new AbortController();
	const exitCode = await inDirectory({}, async cwd => command({
		stdin: {isTty: false}, stdout: output, stderr: silent, interactive: false, verbose: false, json: false, events: false, mask: createLiveMask(), resume: '', cwd, env: {}, signal, killSignal: signal,
		openEnvironment: async () => ground,
	}, {offline}, ['devstack']));
	return {exitCode, stdout};
};

test('doctor shows every check, fails with one of them, and closes the machine', async t => {
	const ground = createGround(pass, failure);
	const {exitCode, stdout} = await run(doctor, ground);
	t.is(exitCode, 3);
	t.regex(stdout, /^PASS {2}Local +fine\nFAIL {2}Outside +gone\n +→ Bring it back\. \[K2D3011]\n\n1 passed, 0 with a warning, 1 failed\.\n$/);
	t.is(ground.closed(), 1);
});

test('with --offline it asks nothing outside', async t => {
	const {exitCode, stdout} = await run(doctor, createGround(pass, failure), true);
	t.is(exitCode, 0);
	t.notRegex(stdout, /Outside/);
});

test('every other command is refused, and closes the machine', async t => {
	const ground = createGround(pass, pass);
	await t.throwsAsync(run(plan, ground), {code: 'K2D1020', message: 'Profile devstack is not built by this version.'});
	t.is(ground.closed(), 1);
});
