import test from 'ava';
import {createPlain} from '../../../scripts/report/plain.js';
import type {EngineEvent} from '../../../scripts/pipeline/events.js';
import {at, event, failure, planned, stepStart} from './samples.js';

const linesFor = (events: readonly EngineEvent[], verbose = false): string[] => {
	const lines: string[] = [];
	const plain = createPlain({
		write(line) {
			lines.push(line);
		}, verbose,
	});
	for (const one of events) {
		plain.subscriber(one);
	}

	return lines;
};

test('each event that says something is one time-stamped line', t => {
	const cases: Array<[EngineEvent, string[]]> = [
		[event(0, {type: 'run-start', command: 'up', environment: 'default', profile: 'sandbox', steps: 3}), ['12:00:00 up: environment default, profile sandbox, 3 steps']],
		[event(1, {type: 'notice', level: 'info', message: 'hello'}), ['12:00:01 hello']],
		[event(1, {type: 'notice', level: 'warn', message: 'beware'}), ['12:00:01 warning: beware']],
		[event(1, {type: 'plan', plan: [planned('a', 'SKIP')]}), ['12:00:01 Everything is in place and verified: 1 step.']],
		[stepStart(2, 'mariadb'), ['12:00:02 mariadb: started: Title of mariadb']],
		[event(3, {type: 'step-say', id: 'mariadb', message: 'installing'}), ['12:00:03 mariadb: installing']],
		[event(3, {type: 'step-output', id: 'mariadb', line: 'noise'}), []],
		[event(4, {type: 'step-retry', id: 'mariadb', attempt: 2, of: 3, delay: 5, cause: '503'}), ['12:00:04 mariadb: try 2 of 3 in 5s, because: 503']],
		[event(5, {type: 'step-end', id: 'mariadb', result: 'done', seconds: 90, reason: 'ok'}), ['12:00:05 mariadb: done in 1m30s']],
		[event(5, {type: 'step-end', id: 'mariadb', result: 'undone', seconds: 1, reason: 'ok'}), ['12:00:05 mariadb: undone in 1s']],
		[event(5, {type: 'step-end', id: 'a', result: 'skipped', seconds: 0, reason: 'in place'}), []],
		[event(5, {type: 'step-end', id: 'a', result: 'adopted', seconds: 0, reason: 'was there'}), ['12:00:05 a: adopted: was there']],
		[event(5, {type: 'step-end', id: 'a', result: 'failed', seconds: 3, reason: 'x', failure}), ['12:00:05 a: FAILED after 3s: mariadbd ended with code 1. (K2D2001)']],
		[event(5, {type: 'step-end', id: 'a', result: 'failed', seconds: 3, reason: 'x'}), ['12:00:05 a: FAILED after 3s: x']],
		[event(5, {type: 'step-end', id: 'a', result: 'interrupted', seconds: 3, reason: 'Ctrl-C'}), ['12:00:05 a: stopped after 3s: Ctrl-C']],
		[event(6, {type: 'run-end', result: 'ok', exitCode: 0, seconds: 6, failures: []}), ['12:00:06 finished after 6s']],
		[event(6, {type: 'run-end', result: 'failed', exitCode: 1, seconds: 6, failures: [failure]}), ['12:00:06 failed after 6s']],
	];
	for (const [one, lines] of cases) {
		t.deepEqual(linesFor([one]), lines);
	}
});

test('verbose also shows output, probes and what is skipped', t => {
	const probe = event(0, {type: 'step-start', step: {id: 'a', stage: 'machine', title: 'A', expected: 1}, action: 'probe', reason: 'status'});
	t.deepEqual(linesFor([probe]), []);
	t.deepEqual(linesFor([probe, event(1, {type: 'step-output', id: 'a', line: 'noise'}), event(2, {type: 'step-end', id: 'a', result: 'skipped', seconds: 0, reason: 'in place'})], true), [
		'12:00:00 a: looking: A (status)', '12:00:01 a | noise', '12:00:02 a: skipped: in place',
	]);
});

test('a step that is silent for 30 s is said to run still, with its last output', t => {
	const lines: string[] = [];
	let now = 0;
	const plain = createPlain({
		write(line) {
			lines.push(line);
		}, now: () => Date.parse(at(now)),
	});
	const tickAt = (seconds: number): void => {
		now = seconds;
		plain.tick();
	};

	plain.subscriber(stepStart(0, 'mariadb'));
	plain.subscriber(stepStart(0, 'quick', 0));
	plain.subscriber(event(10, {type: 'step-output', id: 'mariadb', line: 'Setting up \u001B[1mmariadb\u001B[0m'}));
	plain.subscriber(event(12, {type: 'step-end', id: 'quick', result: 'done', seconds: 12, reason: ''}));
	lines.length = 0;
	tickAt(29);
	t.deepEqual(lines, []);
	tickAt(30);
	tickAt(31);
	t.deepEqual(lines, ['12:00:30 mariadb: still running, 30s of about 2m; last: Setting up mariadb']);
	plain.subscriber(event(45, {type: 'step-say', id: 'mariadb', message: 'waiting'}));
	lines.length = 0;
	tickAt(60);
	t.deepEqual(lines, []);
	tickAt(90);
	t.deepEqual(lines, ['12:01:30 mariadb: still running, 1m30s of about 2m; last: waiting']);
	plain.subscriber(event(91, {type: 'step-end', id: 'mariadb', result: 'done', seconds: 91, reason: ''}));
	lines.length = 0;
	tickAt(300);
	t.deepEqual(lines, []);
});
