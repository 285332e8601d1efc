import {readdir, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {packageSource} from '../../../scripts/stages/datastore/patchList.js';
import {installedPackage, installPackage, packageProbe, packageVersion, removePackage} from '../../../scripts/stages/datastore/trovePackage.js';
import {needs} from '../../helpers/needs.js';
import {createScratch} from './scratch.js';

const leftovers = async (): Promise<readonly string[]> => (await readdir(tmpdir())).filter(name => name.startsWith('trove-k2hdkc.'));

test('install, look, install again and remove, in the user site of a Python of its own', async t => {
	if (!await needs(t, {commands: {'/usr/bin/pip3': 'python3-pip'}})) {
		return;
	}

	const [directory, before, sourceBefore] = [await createScratch(t), await leftovers(), await readdir(packageSource)];
	const env = {PATH: '/usr/bin:/bin', PYTHONUSERBASE: directory, PIP_USER: '1', PYTHONDONTWRITEBYTECODE: '1'};
	const local = createLocalMachine();
	const machine = {
		upload: local.upload,
		run: async (argv: readonly string[], options: Parameters<typeof local.run>[1] = {}) => local.run(argv, {...options, env: {...env, ...options.env}}),
	};
	const templates = path.join(directory, 'etc/templates/k2hdkc');
	const version = await packageVersion();
	t.like(await packageProbe(machine, templates), {state: 'absent'});

	await installPackage(machine, templates);
	t.deepEqual(await packageProbe(machine, templates), {
		state: 'present', evidence: `trove-k2hdkc ${version} is installed, with its templates in ${templates}.`,
	});
	t.deepEqual((await readdir(templates)).toSorted(), ['config.template', 'validation-rules.json']);
	const installed = await installedPackage(machine);
	t.is(await readFile(installed!.rules, 'utf8'), await readFile(path.join(packageSource, 'trove_k2hdkc/templates/k2hdkc/validation-rules.json'), 'utf8'));

	await writeFile(path.join(templates, 'config.template'), '');
	t.like(await packageProbe(machine, templates), {state: 'broken'});
	await installPackage(machine, templates);
	t.like(await packageProbe(machine, templates), {state: 'present'});

	await removePackage(machine, templates);
	await removePackage(machine, templates);
	t.like(await packageProbe(machine, templates), {state: 'absent'});
	t.deepEqual(await readdir(path.dirname(templates)), []);
	t.deepEqual(await leftovers(), before);
	t.deepEqual(await readdir(packageSource), sourceBefore, 'nothing is built in the source');
});
