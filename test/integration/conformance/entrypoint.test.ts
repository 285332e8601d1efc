import {stat} from 'node:fs/promises';
import test from 'ava';
import {command, makePlace, startNode, until, type Place} from '../entrypoint/node.js';
import {ownAddress, prefix, programsEnv} from './programs.js';

const what = prefix === undefined ? 'the stand-ins' : 'the real programs';

/** A node whose name is its address, as chmpx wants it. */
const settingsOf = ({env}: Place): Readonly<Record<string, string>> => ({...programsEnv(env.PATH), K2HDKCTROVE_NODE_NAME: ownAddress()});

test(`${what}: a node under the entrypoint serves, is backed up and restored, leaves, and comes back`, async t => {
	const place = await makePlace(t, 'dash');
	const settings = settingsOf(place);
	const say = async (...args: readonly string[]): Promise<string> => {
		const {stdout, stderr, code} = await command(place, args, settings);
		return `${code} ${(stdout + stderr).trim()}`;
	};

	const isHealthy = async (): Promise<boolean> => await say('status') === '0 HEALTHY';
	for (const life of ['first', 'second']) {
		const begun = Date.now();
		const node = startNode(t, place, settings);
		await until(() => `HEALTHY:\n${node.output()}`, 10, isHealthy);
		t.log(`${life} life: HEALTHY after ${Date.now() - begun} ms`);
		t.true(place.k2hr3.members.has(place.cuk));
		t.regex(await say('backup'), /^0 .*Backed up to/s);
		t.true((await stat(`${place.dataDir}/snapshots/trovebackup/trovebackup.k2har`)).isFile());
		t.regex(await say('restore'), /^0 .*Restored/s);
		t.regex(await say('delete'), /^0 .*Deleted/s);
		t.true(await isHealthy());

		node.child.kill('SIGTERM');
		const {code, took} = await node.ended();
		t.is(code, 0, node.output());
		t.log(`gone ${took} ms after TERM`);
		t.true(took < 8000);
		t.false(place.k2hr3.members.has(place.cuk));
		t.is(await say('status'), '0 RUNNING');
	}
});
