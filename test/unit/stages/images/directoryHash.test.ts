import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {directoryHash} from '../../../../scripts/stages/images/directoryHash.js';

test('content and names of files count, what Python makes of them does not', async t => {
	const directory = await mkdtemp(path.join(tmpdir(), 'hash-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	await mkdir(path.join(directory, 'package'));
	await writeFile(path.join(directory, 'package/module.py'), 'one = 1\n');
	const first = directoryHash(directory);
	for (const made of ['package/__pycache__', 'package.egg-info']) {
		await mkdir(path.join(directory, made));
		await writeFile(path.join(directory, made, 'file'), 'made\n');
	}

	t.is(directoryHash(directory), first);
	await writeFile(path.join(directory, 'package/module.py'), 'one = 2\n');
	const second = directoryHash(directory);
	t.not(second, first);
	await writeFile(path.join(directory, 'package/other.py'), '');
	t.not(directoryHash(directory), second);
});
