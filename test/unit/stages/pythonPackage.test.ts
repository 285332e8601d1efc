import {readdirSync} from 'node:fs';
import {appendFile, cp, mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import {sourceHash} from '../../../scripts/stages/pythonPackage.js';

const packages = ['trove-k2hdkc', 'trove-dashboard-k2hdkc', 'nova-incus', 'cinder-file'].map(name => path.resolve('patches', name));

for (const source of packages) {
	test(`a change of any file of ${path.basename(source)} is seen`, async t => {
		const copy = await mkdtemp(path.join(os.tmpdir(), 'package-'));
		t.teardown(async () => rm(copy, {recursive: true, force: true}));
		// What a run of its tests has left there is no part of it.
		await cp(source, copy, {recursive: true, filter: file => !/__pycache__|\.egg-info|\/build$/.test(file)});
		t.is(sourceHash(copy), sourceHash(source));

		for (const entry of readdirSync(copy, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())) {
			const file = path.join(entry.parentPath, entry.name);
			const before = sourceHash(copy);
			await appendFile(file, '\n');
			t.not(sourceHash(copy), before, file);
		}
	});
}
