import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {aptConfiguration, downloadScript} from '../../../scripts/stages/machine/aptDownload.js';
import {needs} from '../../helpers/needs.js';
import {createScratch, must, serve} from '../patches/scratch.js';

const commands = {'apt-get': 'apt', 'apt-ftparchive': 'apt-utils', 'dpkg-deb': 'dpkg', gpg: 'gpg'};

const control = (name: string, depends: string): string =>
	`Package: ${name}\nVersion: 1.0\nArchitecture: all\nMaintainer: T <t@example.com>\n${depends}Description: x\n`;

const build = async (t: ExecutionContext, archive: string, name: string, depends = ''): Promise<void> => {
	const tree = path.join(await createScratch(t), name);
	await mkdir(path.join(tree, 'DEBIAN'), {recursive: true});
	await writeFile(path.join(tree, 'DEBIAN/control'), control(name, depends));
	await must(t, 'dpkg-deb', ['--root-owner-group', '--build', tree, archive]);
};

/** An archive with the suite `trixie`, signed with a key of its own. Returns the keyring. */
const publish = async (t: ExecutionContext, archive: string): Promise<string> => {
	const [home, keyring, suite] = [path.join(await createScratch(t), 'gnupg'), path.join(await createScratch(t), 'keys.gpg'), path.join(archive, 'dists/trixie')];
	await mkdir(home, {mode: 0o700});
	const architecture = (await must(t, 'dpkg', ['--print-architecture'])).trim();
	const index = path.join(suite, `main/binary-${architecture}`);
	await mkdir(index, {recursive: true});
	const gpg = async (...args: readonly string[]): Promise<string> => must(t, 'gpg', ['--homedir', home, '--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '', ...args]);
	await gpg('--quick-gen-key', 'archive@example.com', 'ed25519', 'sign', 'never');
	await gpg('-o', keyring, '--export', 'archive@example.com');
	await writeFile(path.join(index, 'Packages'), await must(t, 'apt-ftparchive', ['packages', '.'], {cwd: archive}));
	const options = ['Origin=Test', 'Suite=trixie', 'Codename=trixie', 'Components=main', `Architectures=${architecture}`].flatMap(option => ['-o', `APT::FTPArchive::Release::${option}`]);
	await writeFile(path.join(archive, 'Release'), await must(t, 'apt-ftparchive', [...options, 'release', suite]));
	await gpg('-o', path.join(suite, 'InRelease'), '--clearsign', path.join(archive, 'Release'));
	await must(t, 'gpgconf', ['--homedir', home, '--kill', 'all']);
	return keyring;
};

/** A root in which `base` is installed and nothing else. */
const createRoot = async (t: ExecutionContext): Promise<string> => {
	const root = await createScratch(t);
	await mkdir(path.join(root, 'var/lib/dpkg'), {recursive: true});
	await writeFile(path.join(root, 'var/lib/dpkg/status'), control('base', 'Status: install ok installed\n'));
	return root;
};

test('what a package needs beyond the root is downloaded from a signed archive, and only that', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const archive = await createScratch(t);
	await build(t, archive, 'application', 'Depends: library, base\nRecommends: extra\n');
	await build(t, archive, 'library');
	await build(t, archive, 'extra');
	const keyring = await publish(t, archive);
	const mirror = await serve(t, archive);
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
