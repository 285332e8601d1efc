import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {compare, keptSnapshot, takeSnapshot} from '../support/hostSnapshot.js';
import {expect, hostNeeds, name, paths} from '../support/tool.js';

/** Environments beside ours keep what is shared: packages and roots. */
const others = async (): Promise<readonly string[]> => {
	const {state} = await paths();
	return (await readdir(state).catch(() => [])).filter(entry => entry !== name && !entry.startsWith('added-'));
};

test.serial('down --depth everything leaves the host as it was', async t => {
	const beside = await others();
	const before = await keptSnapshot();
	const missing = before ? (beside.length > 0 ? `other environments stand on this host: ${beside.join(', ')}` : undefined) : 'no test of this run has looked at the host before';
	if (!await needs(t, {...hostNeeds, missing})) {
		return;
	}

	const {state, cache} = await paths();
	const records = (await readdir(state).catch(() => [])).filter(entry => entry.startsWith('added-'));
	const added = (await Promise.all(records.map(async record => readFile(path.join(state, record), 'utf8')))).join('').split('\n').filter(Boolean);
	// Enough of an environment that there is something to take back of each kind.
	await expect(t, 0, ['up', '--until', 'sandbox.machine']);
	const {stdout} = await expect(t, 0, ['down', '--depth', 'everything', '--yes']);
	t.true(stdout.includes('everything that this tool made is removed'), stdout);
	// What others end meanwhile is not the tool's doing, and processes may take a moment to be gone.
	const passing = new Set(['namespaces', 'links', 'routes', 'processes', 'cgroups', 'directories']);
	const left = async (): Promise<unknown[]> => compare(before!, await takeSnapshot([state, cache]))
		.map(({part, gone, added: more}) => ({
			part, gone: passing.has(part) ? [] : gone,
			// Tests install programs of their own, which stay: of packages only the tool's count.
			added: part === 'packages' ? more.filter(line => added.includes(line.split(' ')[1]!)) : more,
		}))
		.filter(({gone, added: more}) => gone.length + more.length > 0);
	let differences = await left();
	for (let tries = 0; differences.length > 0 && tries < 40; tries++) {
		await sleep(1000);
		differences = await left();
	}

	t.deepEqual(differences, []);
	t.log(`packages that the tool had added and took away: ${added.join(', ') || 'none'}`);
});
