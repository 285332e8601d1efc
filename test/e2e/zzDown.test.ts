import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {needs} from '../helpers/needs.js';
import {compare, keptSnapshot, takeSnapshot} from './support/hostSnapshot.js';
import {expect, hostNeeds, name, paths} from './support/tool.js';

/** Environments beside ours keep what is shared: packages and roots. */
const others = async (): Promise<readonly string[]> => {
	const {state} = await paths();
	return (await readdir(state).catch(() => [])).filter(entry => entry !== name && entry !== 'added-packages');
};

test.serial('down --depth everything leaves the host as it was', async t => {
	const beside = await others();
	const before = await keptSnapshot();
	const missing = before ? (beside.length > 0 ? `other environments stand on this host: ${beside.join(', ')}` : undefined) : 'no test of this run has looked at the host before';
	if (!await needs(t, {...hostNeeds, missing})) {
		return;
	}

	const {state, cache} = await paths();
	const added = (await readFile(path.join(state, 'added-packages'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
	// Enough of an environment that there is something to take back of each kind.
	await expect(t, 0, ['up', '--until', 'sandbox.machine']);
	const {stdout} = await expect(t, 0, ['down', '--depth', 'everything', '--yes']);
	t.true(stdout.includes('everything that this tool made is removed'), stdout);
	const differences = compare(before!, await takeSnapshot([state, cache]));
	const after = differences.map(({part, gone, added: more}) => ({
		part,
		// The snapshot was taken after a `down` that had left the tool's own directories: they may go.
		gone: part === 'directories' ? [] : gone,
		// Tests install programs of their own, which stay: of packages only the tool's count.
		added: part === 'packages' ? more.filter(line => added.includes(line.split(' ')[1]!)) : more,
	}));
	t.deepEqual(after.filter(({gone, added: more}) => gone.length + more.length > 0), []);
	t.log(`packages that the tool had added and took away: ${added.join(', ') || 'none'}`);
});
