import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {copyPrefix, hasApp, prefixChecksum} from '../../../scripts/stages/k2hr3/prefix.js';
import {load} from '../config/workspace.js';

const files = ['bin/chmpx', 'bin/chmpxstatus', 'bin/k2hdkc', 'lib/libchmpx.so', 'lib/node_modules/k2hr3-api/bin/www', 'lib/node_modules/k2hr3-api/config/default.json5', 'lib/node_modules/k2hr3-api/node_modules/one/index.js'];

const prefixIn = async (t: ExecutionContext) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hr3 prefix-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	for (const file of files) {
		await mkdir(path.join(directory, path.dirname(file)), {recursive: true});
		await writeFile(path.join(directory, file), `${file}\n`);
	}

	return {directory, env: {host: createLocalMachine(), paths: {images: '/cache'}, config: load({flags: {set: [`sources.k2hr3=directory:${directory}`, 'components.compute=true']}}).config}};
};

test('one checksum for content, names, modes and links', async t => {
	const {directory, env} = await prefixIn(t);
	const seen = [await prefixChecksum(env)];
	t.regex(seen[0]!, /^[\da-f]{64}$/);
	t.is(await prefixChecksum(env), seen[0]!);
	const changes = [
		async () => writeFile(path.join(directory, 'bin/chmpx'), 'another\n'),
		async () => chmod(path.join(directory, 'bin/chmpx'), 0o755),
		async () => symlink('libchmpx.so', path.join(directory, 'lib/libchmpx.so.1')),
		async () => writeFile(path.join(directory, 'lib/with a blank'), ''),
	];
	for (const change of changes) {
		await change();
		seen.push(await prefixChecksum(env));
	}

	t.is(new Set(seen).size, changes.length + 1);
	await writeFile(path.join(directory, 'notes'), 'not part of it\n');
	t.is(await prefixChecksum(env), seen.at(-1)!);
});

test('bin and lib are copied, nothing else', async t => {
	const {directory, env} = await prefixIn(t);
	await writeFile(path.join(directory, 'notes'), 'not part of it\n');
	const target = path.join(directory, 'copy/usr/local');
	await copyPrefix(env, target);
	const {stdout} = await env.host.run(['find', target, '-type', 'f', '-printf', String.raw`%P\n`]);
	t.deepEqual(stdout.trim().split('\n').toSorted(), files.toSorted());
});

test('a prefix without K2HR3 is refused with what it lacks', async t => {
	const {directory, env} = await prefixIn(t);
	await rm(path.join(directory, 'bin/k2hdkc'));
	await rm(path.join(directory, 'lib/node_modules/k2hr3-api/node_modules'), {recursive: true});
	await t.throwsAsync(prefixChecksum(env), {code: 'K2D7017', message: /lacks bin\/k2hdkc, lib\/node_modules\/k2hr3-api\/node_modules$/});
	await rm(directory, {recursive: true});
	await t.throwsAsync(prefixChecksum(env), {code: 'K2D7017', message: /lacks the directory itself/});
});

test('whether it has the web application; one that is not built is not looked for', async t => {
	const {directory, env} = await prefixIn(t);
	t.false(await hasApp(env));
	await mkdir(path.join(directory, 'lib/node_modules/k2hr3-app'));
	t.true(await hasApp(env));
	t.false(await hasApp({...env, config: load().config}));
	const set = ['sources.k2hr3=npm', 'sources.k2hdkc=directory:/opt/k2hdkc', 'components.compute=true'];
	t.true(await hasApp({...env, config: load({flags: {set}}).config}), 'npm always brings it');
});
