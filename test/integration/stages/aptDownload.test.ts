import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {aptConfiguration, downloadScript} from '../../../scripts/stages/machine/aptDownload.js';
import {archiveNeeds, controlOf, packTree, publishArchive, type ControlFields} from '../../fixtures/debianArchive.js';
import {needs} from '../../helpers/needs.js';
import {serveDirectory} from '../../helpers/serveDirectory.js';
import {createScratch} from '../patches/scratch.js';

const commands = {'apt-get': 'apt', ...archiveNeeds};

const build = async (t: ExecutionContext, archive: string, fields: ControlFields): Promise<void> =>
	packTree(path.join(await createScratch(t), fields.name), fields, archive);

/** A root in which `base` is installed and nothing else. */
const createRoot = async (t: ExecutionContext): Promise<string> => {
	const root = await createScratch(t);
	await mkdir(path.join(root, 'var/lib/dpkg'), {recursive: true});
	await writeFile(path.join(root, 'var/lib/dpkg/status'), controlOf({name: 'base'}).replace('Version', 'Status: install ok installed\nVersion'));
	return root;
};

test('what a package needs beyond the root is downloaded from a signed archive, and only that', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const archive = await createScratch(t);
	await build(t, archive, {name: 'application', depends: 'library, base\nRecommends: extra'});
	await build(t, archive, {name: 'library'});
	await build(t, archive, {name: 'extra'});
	const keyring = path.join(await createScratch(t), 'keys.asc');
	await writeFile(keyring, await publishArchive(archive, 'trixie'));
	const mirror = await serveDirectory(t, archive);
	const cache = await createScratch(t);
	const [target, work] = [path.join(cache, 'root.application'), path.join(cache, 'root.application.partial')];
	const wanted = {packages: ['application'], root: await createRoot(t), sources: [`deb ${mirror} trixie main`], options: ['Acquire::http::Proxy "DIRECT"'], keyring, target, work};
	// An earlier try was killed.
	await mkdir(path.join(work, 'archives'), {recursive: true});
	await writeFile(path.join(work, 'archives/half.deb'), 'x');

	const machine = createLocalMachine();
	await machine.script(downloadScript(wanted));
	t.deepEqual((await readdir(target)).filter(file => file.endsWith('.deb')).toSorted(), ['application_1.0_all.deb', 'library_1.0_all.deb']);
	t.is(Number(await readFile(path.join(target, '.complete'), 'utf8')), 2);
	t.deepEqual(await readdir(cache), ['root.application']);

	const other = path.join(await createScratch(t), 'other.gpg');
	await writeFile(other, '');
	for (const [change, message] of [[{keyring: other}, /is not signed/], [{packages: ['nothing']}, /Unable to locate package nothing/]] as const) {
		const {code, stderr} = await machine.script(downloadScript({...wanted, ...change}), {allow: 'any'});
		t.is(code, 100);
		t.regex(stderr, message);
	}

	t.is((await readdir(target)).length, 3, 'what was there is kept');
});

test('apt reads nothing of the host\'s configuration', t => {
	const text = aptConfiguration({root: '/r', keyring: '/k.gpg', work: '/w', options: ['Acquire::http::Proxy "http://p:1"']});
	t.true(text.split(';\n').every(line => line === '' || /^[\w:-]+ "[^"]*"$/.test(line)), text);
	for (const name of ['main', 'parts', 'sourceparts', 'preferences', 'preferencesparts', 'trustedparts']) {
		t.true(text.includes(`Dir::Etc::${name} "/dev/null";`), name);
	}

	t.true(text.includes('Acquire::http::Proxy "http://p:1";'));
});
