import test from 'ava';
import {renderChecked} from '../../../scripts/k2hr3/render.js';
import type {Machine} from '../../../scripts/machines/types.js';
import {ringStatus, stateIn} from '../../../scripts/stages/k2hr3/ring.js';

for (const [text, state] of [
	['hostname = 10.0.0.1\n  status           = SAFE -> [SERVICE IN][UP][n/a][Nothing][NoSuspend]\n', '[SERVICE IN][UP][n/a][Nothing][NoSuspend]'],
	['status = [SLAVE][UP][n/a][Nothing][NoSuspend]', '[SLAVE][UP][n/a][Nothing][NoSuspend]'],
	['[ERR] could not attach shared memory.\n', 'does not run'],
	['', 'does not run'],
] as const) {
	test(`what chmpxstatus says, ${JSON.stringify(text.slice(0, 20))}`, t => {
		t.is(stateIn(text), state);
	});
}

test('each node is asked in the server; one that does not answer is told', async t => {
	const run = (async (argv: readonly string[]) => {
		if (argv.includes('/etc/k2hr3/slave.ini')) {
			throw new Error('timeout');
		}

		t.is(argv[0], 'in-server');
		return {stdout: 'status = [SERVICE IN][UP]\n'};
	}) as unknown as Machine['run'];
	t.deepEqual(await ringStatus({run}, argv => ['in-server', ...argv]), {server: '[SERVICE IN][UP]', slave: 'does not answer'});
});

test('status for people', t => {
	const checked = {url: 'http://192.0.2.1:18080', project: 'admin', versions: ['v1'], api: ['role']};
	t.deepEqual(renderChecked(checked), ['K2HR3 at http://192.0.2.1:18080 answers and takes a token of Keystone for the project admin. API v1, which offers: role.']);
	t.is(renderChecked({...checked, ring: {server: '[SERVICE IN][UP]', slave: '[SLAVE][UP]'}})[1], 'Its ring: server node [SERVICE IN][UP], slave node [SLAVE][UP].');
});
