import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {quote} from '../../../../scripts/machines/quote.js';
import {errorOf, shell, type Case} from './stage.js';

export const files: readonly Case[] = [
	['a file is written with mode and owner, and read', async (t, {machine, place}) => {
		const file = `${place}/new/it's a file`;
		t.is(await machine.read(file), undefined);
		await machine.write(file, 'grün\n', {mode: 0o640, owner: 'root:daemon'});
		t.is(await machine.read(file), 'grün\n');
		t.is((await machine.run(['stat', '-c', '%a %U:%G', file])).stdout, '640 root:daemon\n');
		await machine.write(file, 'new');
		t.is(await machine.read(file), 'new');
		t.is((await machine.run(['stat', '-c', '%a', file])).stdout, '644\n');
		t.is((await machine.run(['ls', '-A', `${place}/new`])).stdout, 'it\'s a file\n', 'nothing temporary is left');
	}],
	['an empty file and a large one', async (t, {machine, place}) => {
		await machine.write(`${place}/empty`, '');
		t.is(await machine.read(`${place}/empty`), '');
		const large = 'ß'.repeat(3_000_000);
		await machine.write(`${place}/large`, large);
		t.is(await machine.read(`${place}/large`), large);
	}],
	['readers see the old or the new, never a part', async (t, {machine, place}) => {
		const file = `${place}/file`;
		const versions = ['a', 'b'].map(letter => letter.repeat(200_000));
		await machine.write(file, versions[0]!);
		const reader = machine.run(shell(`i=0; while [ $i -lt 60 ]; do wc -c <${quote(file)}; i=$((i + 1)); done | sort -u`));
		for (let count = 0; count < 6; count++) {
			await machine.write(file, versions[count % 2]!);
		}

		t.is((await reader).stdout.trim(), '200000');
	}],
	['what cannot be written is an error that says why', async (t, {machine}) => {
		const error = await t.throwsAsync(machine.write('/proc/no/file', 'x'), {code: 'K2D5009'});
		t.regex(error.message, /\/proc\/no\/file could not be written on .*: .*(?:cannot create|No such)/);
	}],
	['a directory cannot be read as a file', async (t, {machine, place}) => {
		await errorOf(t, machine.read(place), 'code');
	}],
	['a file and a directory are uploaded, the second time over the first', async (t, {machine, place}) => {
		const source = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-upload-'));
		t.teardown(async () => rm(source, {recursive: true}));
		await mkdir(path.join(source, 'deep/er'), {recursive: true});
		await writeFile(path.join(source, 'deep/er/run.sh'), '#!/bin/sh\n', {mode: 0o755});
		await writeFile(path.join(source, 'one'), 'first');
		await machine.upload(source, `${place}/to/copy`, {owner: 'daemon:daemon'});
		t.is(await machine.read(`${place}/to/copy/one`), 'first');
		t.is((await machine.run(['stat', '-c', '%a %U', `${place}/to/copy/deep/er/run.sh`])).stdout, '755 daemon\n');
		await rm(path.join(source, 'deep'), {recursive: true});
		await writeFile(path.join(source, 'one'), 'second');
		await machine.upload(source, `${place}/to/copy`);
		t.is((await machine.run(['ls', '-A', `${place}/to`, `${place}/to/copy`])).stdout, `${place}/to:\ncopy\n\n${place}/to/copy:\none\n`);
		await machine.upload(path.join(source, 'one'), `${place}/to/single`, {mode: 0o600});
		t.is((await machine.run(['stat', '-c', '%a %s', `${place}/to/single`])).stdout, '600 6\n');
		await t.throwsAsync(machine.upload(path.join(source, 'none'), `${place}/x`), {code: 'K2D5009'});
	}],
];
