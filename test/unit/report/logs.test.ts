import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {gunzipSync, gzipSync} from 'node:zlib';
import {execFileSync} from 'node:child_process';
import test, {type ExecutionContext} from 'ava';
import {createJsonLines} from '../../../scripts/report/jsonLines.js';
import {createLogFiles, listRuns, logRoot, runId, stepLog} from '../../../scripts/report/logFiles.js';
import {createLiveMask} from '../../../scripts/report/mask.js';
import {hasEnded, printLog, readResults} from '../../../scripts/report/readLogs.js';
import {packTar} from '../../../scripts/report/tar.js';
import {event, stepStart} from './samples.js';

const place = (t: ExecutionContext): string => {
	const directory = mkdtempSync(path.join(tmpdir(), 'k2hdkc-logs-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true, force: true});
	});
	return directory;
};

const never = new AbortController().signal;
const noFault = (error: unknown): void => {
	throw error;
};

test('root keeps logs under /var/log, others in their own state directory', t => {
	t.is(logRoot('e', {uid: 0, env: {}, home: '/root'}), '/var/log/k2hdkc-devstack/e');
	t.is(logRoot('e', {uid: 0, env: {XDG_STATE_HOME: '/s'}, home: '/root'}), '/s/k2hdkc-devstack/e');
	t.is(logRoot('e', {uid: 1000, env: {}, home: '/home/u'}), '/home/u/.local/state/k2hdkc-devstack/e');
	t.is(logRoot('e', {uid: 1000, env: {XDG_STATE_HOME: '/s'}, home: '/home/u'}), '/s/k2hdkc-devstack/e');
	t.is(logRoot('e', {uid: 1000, env: {XDG_STATE_HOME: ''}, home: '/home/u'}), '/home/u/.local/state/k2hdkc-devstack/e');
});

test('ids of runs sort by time', t => {
	t.is(runId(new Date(Date.UTC(2026, 10, 22, 13, 33, 1, 500)), 4711), '20261122T133301Z-4711');
});

test('a run leaves private, masked files and says how everything ended', t => {
	const root = place(t);
	const logs = createLogFiles(root, '20260101T120000Z-1', createLiveMask(['hunter2-hunter2']), noFault);
	for (const one of [
		event(0, {type: 'run-start', command: 'up', environment: 'e', profile: 'p', steps: 2}),
		stepStart(1, 'mariadb'),
		event(2, {type: 'step-output', id: 'mariadb', line: 'password hunter2-hunter2'}),
		event(3, {type: 'step-end', id: 'mariadb', result: 'done', seconds: 2, reason: ''}),
		event(4, {type: 'run-end', result: 'ok', exitCode: 0, seconds: 4, failures: []}),
	]) {
		logs.subscriber(one);
	}

	logs.close();
	const read = (name: string): string => readFileSync(path.join(logs.directory, name), 'utf8');
	t.is(read('mariadb.log'), [
		'2026-01-01T12:00:01.000Z mariadb: started: Title of mariadb (it is not there)', '2026-01-01T12:00:02.000Z password ***', '2026-01-01T12:00:03.000Z mariadb: done in 2s', '',
	].join('\n'));
	t.false(read('run.log').includes('password'));
	t.true(read('run.log').includes('finished after 4s'));
	t.deepEqual(readResults(logs.directory), [{step: 'mariadb', result: 'done', seconds: 2}, {run: 'ok', exitCode: 0, seconds: 4}]);
	t.is(statSync(logs.directory).mode % 0o1000, 0o700);
	for (const name of readdirSync(logs.directory)) {
		t.is(statSync(path.join(logs.directory, name)).mode % 0o1000, 0o600);
	}
});

test('only so many runs are kept, and nothing else is touched', t => {
	const root = place(t);
	for (let second = 0; second < 5; second++) {
		createLogFiles(root, `20260101T12000${second}Z-1`, createLiveMask(), noFault, 3).close();
	}

	t.deepEqual(listRuns(root), ['20260101T120002Z-1', '20260101T120003Z-1', '20260101T120004Z-1']);
	t.deepEqual(listRuns(path.join(root, 'absent')), []);
});

test('a fault of the disk is told once and ends the logging only', t => {
	const root = place(t);
	const faults: unknown[] = [];
	const logs = createLogFiles(root, '20260101T120000Z-1', createLiveMask(), error => {
		faults.push(error);
	});
	rmSync(root, {recursive: true});
	t.notThrows(() => {
		logs.subscriber(stepStart(0, 'a'));
		logs.subscriber(stepStart(0, 'b'));
		logs.flush();
		logs.close();
	});
	t.is(faults.length, 1);
});

test('output is on disk after a flush, and at once when there is much of it', t => {
	const root = place(t);
	const logs = createLogFiles(root, '20260101T120000Z-1', createLiveMask(), noFault);
	logs.subscriber(stepStart(0, 'a'));
	t.is(readFileSync(stepLog(logs.directory, 'a'), 'utf8'), '');
	logs.flush();
	t.true(readFileSync(stepLog(logs.directory, 'a'), 'utf8').includes('started'));
	logs.subscriber(event(1, {type: 'step-output', id: 'a', line: 'x'.repeat(100_000)}));
	t.true(readFileSync(stepLog(logs.directory, 'a'), 'utf8').length > 100_000);
	logs.close();
});

test('a log is followed until its step ends', async t => {
	const root = place(t);
	const logs = createLogFiles(root, `20260101T120000Z-${process.pid}`, createLiveMask(), noFault);
	let text = '';
	const following = printLog(logs.directory, 'a.log', {
		follow: true, step: 'a', signal: never, onText(more) {
			text += more;
		},
	});
	logs.subscriber(stepStart(0, 'a'));
	logs.subscriber(event(1, {type: 'step-output', id: 'a', line: 'ünïcode'}));
	logs.flush();
	t.false(hasEnded(logs.directory, 'a'));
	setTimeout(() => {
		logs.subscriber(event(2, {type: 'step-end', id: 'a', result: 'done', seconds: 2, reason: ''}));
	}, 300);
	await following;
	t.true(text.includes('ünïcode'));
	t.true(text.endsWith('a: done in 2s\n'));
	t.false(hasEnded(logs.directory), 'the run goes on');
	logs.close();
});

test('the run of a dead process has ended, and following stops when told', async t => {
	const root = place(t);
	const dead = createLogFiles(root, '20260101T120000Z-999999999', createLiveMask(), noFault);
	t.true(hasEnded(dead.directory));
	const alive = createLogFiles(root, `20260101T120000Z-${process.pid}`, createLiveMask(), noFault);
	await printLog(alive.directory, 'run.log', {follow: true, signal: AbortSignal.timeout(50), onText: () => undefined});
	t.false(hasEnded(alive.directory));
});

test('an event is one line of JSON without secrets', t => {
	const lines: string[] = [];
	createJsonLines(line => {
		lines.push(line);
	}, createLiveMask(['hunter2"hunter2']))(event(0, {type: 'step-output', id: 'a', line: 'two\nlines hunter2"hunter2'}));
	t.deepEqual(lines.map(line => JSON.parse(line) as unknown), [{at: '2026-01-01T12:00:00.000Z', type: 'step-output', id: 'a', line: 'two\nlines ***'}]);
	t.false(lines[0]!.includes('\n'));
});

test('the archive is one that tar reads', t => {
	const directory = place(t);
	const files = [{name: 'top/a.txt', content: 'ünï\n'}, {name: 'top/empty', content: ''}, {name: `top/${'n'.repeat(96)}`, content: 'x'.repeat(1500)}];
	const archive = gzipSync(packTar(files, new Date(Date.UTC(2026, 0, 1))));
	t.is(gunzipSync(archive).length % 512, 0);
	const listing = execFileSync('tar', ['-tvz'], {input: archive, encoding: 'utf8'});
	t.regex(listing, /-rw------- root\/root +6 2026-01-01/);
	execFileSync('tar', ['-xz', '-C', directory], {input: archive});
	for (const {name, content} of files) {
		t.is(readFileSync(path.join(directory, name), 'utf8'), content);
	}

	t.throws(() => packTar([{name: 'n'.repeat(101), content: ''}], new Date()), {instanceOf: RangeError});
});
