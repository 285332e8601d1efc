import test from 'ava';
import type {SummaryFacts} from '../../../scripts/commands/environment.js';
import {checksDocument, renderChecks} from '../../../scripts/report/doctor.js';
import {renderFailures} from '../../../scripts/report/failures.js';
import {createRecorder, type Recorded} from '../../../scripts/report/recorder.js';
import {renderStatus, statusDocument} from '../../../scripts/report/status.js';
import {renderSummary, slowest} from '../../../scripts/report/summary.js';
import {event, failure, planned, stepStart} from './samples.js';

const facts: SummaryFacts = {
	endpoints: [{name: 'keystone', url: 'http://10.0.0.2:5000/v3'}, {name: 'trove', url: 'http://10.0.0.2:8779/v1.0'}],
	credentialsFile: '/var/lib/x/clouds.yaml', openrc: '/var/lib/x/openrc',
	datastoreVersions: [{datastore: 'k2hdkc', name: '1.0.17', active: true, default: true}, {datastore: 'k2hdkc', name: '1.0.16', active: false, default: false}],
	guests: [
		{name: 'member-1', id: 'a', state: 'ACTIVE', running: true, addresses: ['10.0.1.5', '10.0.2.7'], memory: 134_217_728},
		{name: 'member-2', id: 'b', state: 'SHUTOFF', running: false, addresses: ['10.0.1.6']},
	],
	leftOut: [{what: 'compute', why: 'no host yet'}], nextCommands: ['one', 'two', 'three', 'four'], sshForward: 'ssh -L 5000:10.0.0.2:5000 root@host',
};
const empty: SummaryFacts = {endpoints: [], datastoreVersions: [], guests: [], leftOut: [], nextCommands: []};
const step = (id: string, seconds: number, result: 'done' | 'skipped' = 'done') => ({id, seconds, result, reason: ''});

test('the summary of a first run', t => {
	t.deepEqual(renderSummary({name: 'default', profile: 'sandbox', seconds: 123, steps: [step('a', 2), step('b', 70)], facts, warnings: ['little disk'], partial: false, color: false}), [
		'Environment default (profile sandbox) is ready after 2m03s.',
		'', 'Endpoints', '  keystone  http://10.0.0.2:5000/v3', '  trove     http://10.0.0.2:8779/v1.0',
		'', 'Credentials', '  clouds.yaml  /var/lib/x/clouds.yaml', '  openrc       /var/lib/x/openrc',
		'', 'Datastore versions', '  k2hdkc  1.0.17  active, default', '  k2hdkc  1.0.16  not active',
		'', 'Guests', '  member-1  ACTIVE   10.0.1.5, 10.0.2.7  128 MiB', '  member-2  SHUTOFF  10.0.1.6',
		'', 'Left out', '  compute  no host yet',
		'', 'From your own machine', '  ssh -L 5000:10.0.0.2:5000 root@host',
		'', 'Slowest steps', '  b  1m10s', '  a  2s',
		'', 'Warnings', '  little disk',
		'', 'Next', '  one', '  two', '  three',
	]);
});

test('sections without content are left out', t => {
	t.deepEqual(renderSummary({name: 'x', profile: 'ci', seconds: 1, steps: [step('a', 0, 'skipped')], facts: empty, warnings: [], partial: false, color: false}), [
		'Environment x (profile ci): everything is in place and verified, 1s.',
	]);
});

test('a run of chosen steps does not claim that everything stands', t => {
	const options = {name: 'x', profile: 'ci', seconds: 1, facts: empty, warnings: [], partial: true, color: false};
	t.deepEqual(renderSummary({...options, steps: [step('a', 0, 'skipped')]}), ['Environment x (profile ci): what was asked for is in place and verified, 1s.']);
	t.deepEqual(renderSummary({...options, steps: [step('a', 1)]}).slice(0, 1), ['Environment x (profile ci): the steps that were asked for are done after 1s.']);
});

test('the slowest are five, longest first, without those that did nothing', t => {
	const steps = [step('a', 1), step('b', 9), step('c', 3), step('d', 0.2), step('e', 50, 'skipped'), step('f', 4), step('g', 5), step('h', 6)];
	t.deepEqual(slowest(steps).map(({id}) => id), ['b', 'h', 'g', 'f', 'c']);
});

test('status says how each step stands', t => {
	const plan = [
		planned('fine', 'SKIP'), planned('adopted', 'ADOPT'), planned('gone', 'RUN'),
		planned('changed', 'RERUN', {probe: {state: 'present', evidence: ''}}),
		planned('broken', 'RUN', {probe: {state: 'broken', evidence: ''}}), planned('unclear', 'BLOCK', {probe: {state: 'unknown', evidence: ''}}),
	];
	t.deepEqual(renderStatus({name: 'default', profile: 'sandbox', plan, color: false}), [
		'Environment default (profile sandbox): 4 of 6 steps are not in place; `k2hdkc-devstack up` does them.',
		'',
		'  ok            fine     evidence of fine',
		'  not recorded  adopted  reason of adopted',
		'  missing       gone     reason of gone',
		'  changed       changed  reason of changed',
		'  broken        broken   reason of broken',
		'  unknown       unclear  reason of unclear',
	]);
	t.is(renderStatus({name: 'default', profile: 'sandbox', plan: [planned('fine', 'SKIP')], facts, color: false}).at(-1), '  three');
	t.like(statusDocument({name: 'n', profile: 'p', plan: [planned('fine', 'SKIP')], facts}), {environment: 'n', inPlace: true, steps: [{id: 'fine', standing: 'ok'}], credentialsFile: '/var/lib/x/clouds.yaml'});
});

test('checks: failures stand last, each with its remedy', t => {
	const checked = [
		{id: 'a', title: 'A', stage: 'machine', result: 'FAIL' as const, found: 'bad', remedy: 'mend', code: 'K2D3004'},
		{id: 'b', title: 'Bee', stage: 'machine', result: 'PASS' as const, found: 'good', remedy: 'not shown'},
		{id: 'c', title: 'C', stage: 'machine', result: 'WARN' as const, found: 'so-so'},
	];
	t.deepEqual(renderChecks(checked, false), ['PASS  Bee  good', 'WARN  C    so-so', 'FAIL  A    bad', '      → mend [K2D3004]', '', '1 passed, 1 with a warning, 1 failed.']);
	t.like(checksDocument(checked), {ready: false, checks: {length: 3}});
	t.like(checksDocument(checked.slice(1)), {ready: true});
});

const record = (...events: Array<ReturnType<typeof event>>): Recorded => {
	const {subscriber, recorded} = createRecorder();
	for (const one of events) {
		subscriber(one);
	}

	return recorded();
};

test('the recorder keeps what the end of a run tells', t => {
	const plan = [planned('a', 'RUN')];
	const recorded = record(
		event(0, {type: 'run-start', command: 'up', environment: 'e', profile: 'p', steps: 1}),
		event(0, {type: 'plan', plan}),
		event(0, {type: 'notice', level: 'info', message: 'not kept'}),
		event(0, {type: 'notice', level: 'warn', message: 'kept'}),
		stepStart(0, 'a'),
		event(2, {type: 'step-end', id: 'a', result: 'failed', seconds: 2, reason: 'r', failure}),
		event(3, {type: 'run-end', result: 'failed', exitCode: 1, seconds: 3, failures: [failure], resume: 'again'}),
	);
	t.deepEqual(recorded, {
		plan, warnings: ['kept'], steps: [{id: 'a', result: 'failed', seconds: 2, reason: 'r', failure}],
		end: {result: 'failed', exitCode: 1, seconds: 3, failures: [failure], resume: 'again'},
	});
});

test('every failure is told once, the step named, and the command that goes on stands last', t => {
	const other = {...failure, what: 'No space left.', code: 'K2D2201'};
	const lines = renderFailures(record(
		event(1, {type: 'step-end', id: 'mariadb', result: 'failed', seconds: 1, reason: '', failure}),
		event(1, {type: 'step-end', id: 'nova', result: 'interrupted', seconds: 1, reason: '', failure: other}),
		event(2, {type: 'run-end', result: 'failed', exitCode: 1, seconds: 3, failures: [failure, other]}),
	), 'k2hdkc-devstack up').join('\n');
	t.is(lines.split('mariadbd ended with code 1.').length, 2);
	t.true(lines.startsWith('FAILED mariadb: '));
	t.true(lines.includes('FAILED: The disk is full [K2D2201]'));
	t.true(lines.endsWith('  resume  k2hdkc-devstack up'));
});

test('a stop is no failure', t => {
	t.deepEqual(renderFailures(record(event(2, {type: 'run-end', result: 'interrupted', exitCode: 130, seconds: 3, failures: []})), 'again'), [
		'Stopped on request. What is done stays done and is on record.', '  resume  again',
	]);
});
