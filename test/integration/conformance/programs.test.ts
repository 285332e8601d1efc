import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {stat, readFile, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import test from 'ava';
import {makeRing, prefix, type Ring} from './programs.js';

const what = prefix === undefined ? 'the stand-ins' : 'the real programs';
const outOfService = /\[SERVICE OUT]\[UP]/;
/** The only server of a ring has nobody to give its data to: it is to go, and waits. */
const leaving = /\[SERVICE IN]\[UP]\[DELETE]\[Pending]/;
const inService = /\[SERVICE IN]\[UP]\[n\/a]\[Nothing]\[NoSuspend]/;

const tool = async ({ini, runLines}: Ring, line: string): Promise<string> => {
	const {stdout, stderr} = await runLines('chmpxlinetool', ['-conf', ini], [line]);
	return stdout + stderr;
};

const askControlPort = async ({controlPort}: Ring, line: string): Promise<string> => {
	const socket = connect(controlPort, '127.0.0.1');
	socket.write(`${line}\n`);
	return text(socket);
};

type Row = {
	/** What is done; it returns what is observed. */
	readonly does: string;
	readonly observe: (ring: Ring) => Promise<string | boolean>;
	readonly expected: RegExp | boolean;
};

/** One life of a server node, in this order. */
const life: readonly Row[] = [
	{does: 'the status before chmpx runs', observe: async ring => ring.status(), expected: /^$/},
	{
		does: 'chmpx alone is up and out of service',
		async observe(ring) {
			ring.start('chmpx');
			return ring.statusBecomes(outOfService);
		},
		expected: outOfService,
	},
	{
		does: 'with k2hdkc the node goes into service by itself',
		async observe(ring) {
			ring.start('k2hdkc');
			return ring.statusBecomes(inService);
		},
		expected: inService,
	},
	{does: 'the control port tells the same', observe: async ring => askControlPort(ring, 'SELFSTATUS'), expected: /\[SERVICE IN]\[UP].*\[NoSuspend]/s},
	{does: 'a node name without the seed is not known', observe: async ring => tool(ring, `serviceout ${ring.nodeWithoutSeed}`), expected: /no node is succeed/},
	{does: 'and nothing has become of it', observe: async ring => ring.status(), expected: inService},
	{
		does: 'a node name with the seed is known',
		async observe(ring) {
			await tool(ring, `serviceout ${ring.node}`);
			return ring.statusBecomes(leaving);
		},
		expected: leaving,
	},
	{does: 'a node that was taken out stays out', observe: async ring => ring.statusBecomes(inService, 3), expected: leaving},
	{
		does: 'and goes in when told',
		async observe(ring) {
			await tool(ring, `servicein ${ring.node}`);
			return ring.statusBecomes(inService);
		},
		expected: inService,
	},
	{does: 'the database file is there', observe: async ({root}) => existsSync(path.join(root, 'k2hdkc.k2h')), expected: true},
];

test(`${what}: both tell their version`, async t => {
	const {run, stop} = await makeRing();
	t.teardown(stop);
	for (const program of ['chmpx', 'k2hdkc']) {
		const {code, stdout} = await run(program, ['-v']);
		t.is(code, 0);
		t.regex(stdout, /version/i);
	}
});

test(`${what}: the life of a server node`, async t => {
	const ring = await makeRing();
	t.teardown(ring.stop);
	for (const {does, observe, expected} of life) {
		const observed = await observe(ring);
		t.true(typeof expected === 'boolean' ? observed === expected : expected.test(String(observed)), `${does}: ${observed}`);
	}
});

test(`${what}: both end on HUP`, async t => {
	const ring = await makeRing();
	t.teardown(ring.stop);
	const chmpx = ring.start('chmpx');
	await ring.statusBecomes(outOfService);
	const k2hdkc = ring.start('k2hdkc');
	await ring.statusBecomes(inService);
	for (const child of [k2hdkc, chmpx]) {
		// How it ends is its own affair: k2hdkc 1.0.19 may do so by a segmentation fault in its clean-up.
		const ended = once(child, 'exit', {signal: AbortSignal.timeout(8000)});
		child.kill('SIGHUP');
		const [code, signal] = await ended as [number | null, string | null];
		t.log(`${child.spawnargs[0]}: ${code ?? signal}`);
		t.true(child.exitCode !== null || child.signalCode !== null);
	}
});

const wrongConfigurations: ReadonlyArray<readonly [string, (ini: string) => string]> = [
	['that does not list it', ini => ini.replace('CUK = conformance-cuk\nPORT', 'CUK = another\nPORT')],
	// Of the addresses for examples, which nobody has.
	['that has the address of somebody else for it', ini => ini.replace(/NAME = .*(?=\nCUK = conformance-cuk)/, 'NAME = 192.0.2.1')],
	['without a slave', ini => ini.replace(/\[SLVNODE][^[]*/, '')],
];
for (const [title, change] of wrongConfigurations) {
	test(`${what}: chmpx does not start with a configuration ${title}`, async t => {
		const ring = await makeRing();
		t.teardown(ring.stop);
		await writeFile(ring.ini, change(await readFile(ring.ini, 'utf8')));
		const [code] = await once(ring.start('chmpx'), 'exit') as [number | null];
		t.not(code, 0);
	});
}

const options = ['-mask', '4', '-cmask', '4', '-elementcnt', '8', '-pagesize', '512', '-fullmap'];

test(`${what}: archives`, async t => {
	const ring = await makeRing();
	t.teardown(ring.stop);
	const [database, copy, archive, missing] = ['one.k2h', 'two.k2h', 'a.k2har', 'missing.k2har'].map(name => path.join(ring.root, name)) as [string, string, string, string];
	const run = async (file: string, lines: readonly string[], more: readonly string[] = []) => ring.runLines('k2hlinetool', ['-f', file, ...more], lines);

	const empty = await run(database, [`ar put ${archive}`], options);
	t.notRegex(empty.stdout + empty.stderr, /ERR]|error occurred/);
	t.is((await stat(archive)).size, 0, 'an empty database makes an empty archive');
	const loadedEmpty = await run(database, [`ar load ${archive}`]);
	t.notRegex(loadedEmpty.stdout + loadedEmpty.stderr, /ERR]|error occurred/);

	await run(database, ['set key value', `ar put ${archive}`]);
	t.true((await stat(archive)).size > 0);
	t.is((await stat(archive)).mode & 0o777, 0o666, 'whatever the umask is');
	const loaded = await run(copy, [`ar load ${archive}`, 'print key'], options);
	t.regex(loaded.stdout, /key.*value/, 'a database is made by loading into it');

	const absent = await run(database, [`ar load ${missing}`]);
	t.regex(absent.stdout + absent.stderr, /ERR]|error occurred/, 'a missing archive is told');
	const unwritable = await run(database, [`ar put ${ring.root}/no/such/directory`]);
	t.regex(unwritable.stdout + unwritable.stderr, /ERR]|error occurred/, 'an archive that cannot be written is told');
});
