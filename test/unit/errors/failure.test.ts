import {mkdirSync} from 'node:fs';
import test from 'ava';
import {lookup} from '../../../scripts/errors/catalogue.js';
import {renderFailure} from '../../../scripts/errors/render.js';
import {toFailure} from '../../../scripts/errors/toFailure.js';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {CommandError, type CommandErrorDetails} from '../../../scripts/machines/commandError.js';

const commandError = (details: Partial<CommandErrorDetails>): CommandError =>
	new CommandError({outcome: 'code', argv: ['apt-get', 'update'], machine: 'local', lastLines: [], seconds: 2, ...details});

const lock = 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 186 (apt)';

const systemError = (): unknown => {
	try {
		mkdirSync('/proc/no-such-place/x');
		return undefined;
	} catch (error) {
		return error;
	}
};

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'});

for (const [what, error, lines, code, exitCode] of [
	['a code of its own', new ToolError('K2D4001', 'x'), [], 'K2D4001', 4],
	['a code of its own is kept whatever was printed', new ToolError('K2D6001', 'x'), [lock], 'K2D6001', 1],
	['a general code is refined', new ToolError('K2D2001', 'x', {lastLines: [lock]}), [], 'K2D2101', 1],
	['a general code is refined by its cause', new ToolError('K2D2001', 'x', {cause: commandError({lastLines: [lock]})}), [], 'K2D2101', 1],
	['a code that nobody wrote down', new ToolError('K2D0001', 'x'), [], 'K2D0001', 1],
	['a command failed', commandError({code: 1}), [], 'K2D2001', 1],
	['a command failed and said why', commandError({code: 100, lastLines: [lock]}), [], 'K2D2101', 1],
	['a command failed and the step said why', commandError({code: 100, lastLines: ['done']}), [lock], 'K2D2101', 1],
	['killed', commandError({outcome: 'signal', signal: 'SIGKILL'}), [], 'K2D2004', 1],
	['killed for want of memory', commandError({outcome: 'signal', signal: 'SIGKILL', lastLines: ['Out of memory: Killed process 1']}), [], 'K2D2202', 1],
	['too long', commandError({outcome: 'timeout'}), [], 'K2D2002', 1],
	['too long, waiting for a lock', commandError({outcome: 'timeout', lastLines: [`Waiting for cache lock: ${lock}`]}), [], 'K2D2101', 1],
	['silent', commandError({outcome: 'idle'}), [], 'K2D2003', 1],
	['stopped', commandError({outcome: 'aborted', lastLines: [lock]}), [], 'K2D2006', 130],
	['not started', commandError({outcome: 'not-started'}), [], 'K2D2005', 1],
	['outcome unknown, whatever was printed', commandError({outcome: 'unknown', lastLines: [lock]}), [], 'K2D2007', 6],
	['aborted', AbortSignal.abort().reason, [], 'K2D2006', 130],
	['a full disk under the tool itself', full, [], 'K2D2201', 1],
	['an error of the system that says nothing', systemError(), [], 'K2D9001', 1],
	['a mistake in the tool', new TypeError('x is not a function'), [lock], 'K2D9001', 1],
	['something thrown that is no error', 'boom', [], 'K2D9001', 1],
	['nothing thrown', undefined, [], 'K2D9001', 1],
] as const) {
	test(`to a failure: ${what}`, t => {
		const failure = toFailure(error, {lastLines: lines});
		t.is(failure.code, code);
		t.is(failure.exitCode, exitCode);
		t.not(failure.what, '');
		t.regex(failure.remedy, /\.$/);
		t.is(failure.why, (lookup(code) ?? lookup('K2D9001'))!.cause);
	});
}

test('what the error knows better goes before what the catalogue says', t => {
	const failure = toFailure(new ToolError('K2D3004', 'Only 3 GiB are free.', {remedy: 'Free 5 GiB on /srv.', log: '/own.log', lastLines: ['own']}), {log: '/step.log', lastLines: ['of the step']});
	t.like(failure, {what: 'Only 3 GiB are free.', remedy: 'Free 5 GiB on /srv.', log: '/own.log', lastLines: ['own']});
	t.like(toFailure(new ToolError('K2D3004', 'x'), {log: '/step.log', lastLines: ['of the step']}), {log: '/step.log', lastLines: ['of the step']});
	t.false('log' in toFailure(new ToolError('K2D3004', 'x')));
});

test('only the last lines are kept, and secrets are masked everywhere', t => {
	const lines = Array.from({length: 30}, (_, index) => `line ${index} hunter22`);
	const failure = toFailure(commandError({argv: ['login', 'hunter22'], lastLines: lines}), {mask: text => text.replaceAll('hunter22', '***')});
	t.is(failure.lastLines.length, 12);
	t.is(failure.lastLines.at(-1), 'line 29 ***');
	t.false(JSON.stringify(failure).includes('hunter22'));
	t.is(toFailure(new ToolError('K2D1001', 'x', {remedy: 'not hunter22'}), {mask: text => text.replaceAll('hunter22', '***')}).remedy, 'not ***');
});

test('other objects with an outcome: their output is read', t => {
	const error = Object.assign(new Error('failed'), {outcome: 'code', stdout: 'reading\n\n', stderr: `${lock}\r\n`});
	t.like(toFailure(error), {code: 'K2D2101', lastLines: ['reading', lock]});
});

test('the block that ends a run', t => {
	const failure = toFailure(commandError({code: 100, lastLines: ['Reading package lists...', lock]}), {log: '/var/log/x.log'});
	t.is(renderFailure(failure, {step: 'mariadb', resume: 'k2hdkc-devstack up --name test'}), [
		'FAILED mariadb: Another process holds the package lock [K2D2101]',
		'  what    `apt-get update` on local failed with exit code 100 after 2 s.',
		'  why     Another process on that machine is using apt or dpkg, often an automatic update.',
		'  output  | Reading package lists...',
		`          | ${lock}`,
		'  remedy  Wait until it has ended (`ps -p PID` with the number shown, `systemctl status unattended-upgrades`), then resume. Do not delete the lock file.',
		'  log     /var/log/x.log',
		'  page    docs/errors/K2D2101.md',
		'  resume  k2hdkc-devstack up --name test',
	].join('\n'));
});

test('the block leaves out what there is not, and several lines keep their column', t => {
	const failure = toFailure(new ToolError('K2D1010', 'two errors\na:1:1: x'));
	t.is(renderFailure(failure).split('\n')[0], 'FAILED: The configuration has several errors [K2D1010]');
	t.true(renderFailure(failure).includes('  what    two errors\n          a:1:1: x\n  why  '));
	t.notRegex(renderFailure(failure), /output|log |resume/);
	t.regex(renderFailure({...failure, code: 'K2D0001'}), /^FAILED: Failure \[K2D0001]/);
});
