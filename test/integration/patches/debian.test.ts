import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {fetchTrove} from '../../../scripts/sources/trove.js';
import {hunkState} from '../../../scripts/stages/datastore/hunk.js';
import {readPatch} from '../../../scripts/stages/datastore/patchFile.js';
import {needs} from '../../helpers/needs.js';
import {serveDirectory} from '../../helpers/serveDirectory.js';
import {createScratch, must, unpatched, writeTree} from './scratch.js';

const commands = {'apt-get': 'apt', 'apt-ftparchive': 'apt-utils', 'dpkg-source': 'dpkg-dev', gpg: 'gpg', patch: 'patch'};

/** A source package in format 3.0 with one patch of Debian's own, which changes another file. */
const buildPackage = async (t: ExecutionContext, directory: string): Promise<void> => {
	const tree = await writeTree(path.join(directory, 'openstack-trove-9.1.0'), await unpatched());
	await must(t, 'tar', ['-czf', 'openstack-trove_9.1.0.orig.tar.gz', 'openstack-trove-9.1.0'], {cwd: directory});
	const files = {
		'debian/control': 'Source: openstack-trove\nMaintainer: T <t@example.com>\n\nPackage: python3-trove\nArchitecture: all\nDescription: x\n',
		'debian/changelog': 'openstack-trove (1:9.1.0-2) unstable; urgency=medium\n\n  * x\n\n -- T <t@example.com>  Sun, 01 Nov 2026 00:00:00 +0000\n',
		'debian/source/format': '3.0 (quilt)\n',
		'debian/patches/series': 'add.patch\n',
		'debian/patches/add.patch': '--- /dev/null\n+++ b/trove/debian.py\n@@ -0,0 +1 @@\n+DEBIAN = True\n',
	};
	for (const [name, text] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(tree, name)), {recursive: true});
		await writeFile(path.join(tree, name), text);
	}

	await must(t, 'dpkg-source', ['-b', 'openstack-trove-9.1.0'], {cwd: directory});
};

/** Makes the directory an archive with the suite `unstable` only, signed with a key of its own. */
const publish = async (t: ExecutionContext, directory: string): Promise<string> => {
	const [home, keyring, suite] = [path.join(directory, 'gnupg'), path.join(directory, 'keys.gpg'), path.join(directory, 'dists/unstable')];
	await mkdir(home, {mode: 0o700});
	await mkdir(path.join(suite, 'main/source'), {recursive: true});
	const gpg = async (...args: readonly string[]): Promise<string> => must(t, 'gpg', ['--homedir', home, '--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '', ...args]);
	await gpg('--quick-gen-key', 'archive@example.com', 'ed25519', 'sign', 'never');
	await gpg('-o', keyring, '--export', 'archive@example.com');
	await writeFile(path.join(suite, 'main/source/Sources'), await must(t, 'apt-ftparchive', ['sources', '.'], {cwd: directory}));
	const options = ['Origin=Test', 'Suite=unstable', 'Codename=sid', 'Components=main'].flatMap(option => ['-o', `APT::FTPArchive::Release::${option}`]);
	await writeFile(path.join(directory, 'Release'), await must(t, 'apt-ftparchive', [...options, 'release', suite]));
	await gpg('-o', path.join(suite, 'InRelease'), '--clearsign', path.join(directory, 'Release'));
	await must(t, 'gpgconf', ['--homedir', home, '--kill', 'all']);
	return keyring;
};

const fetchFrom = async (t: ExecutionContext, mirror: string, keyring: string, version: string) =>
	fetchTrove({debian: version}, await createScratch(t), {
		machine: createLocalMachine(), debian: {mirror, keyring}, python: {index: 'host'}, env: {},
	});

test('debian: the source package of a signed archive, with Debian\'s patches; nothing that is not signed', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const directory = await createScratch(t);
	await buildPackage(t, directory);
	const keyring = await publish(t, directory);
	const mirror = await serveDirectory(t, directory);

	const {root, ref} = await fetchFrom(t, mirror, keyring, '1:9.1.0-2');
	t.is(ref, 'openstack-trove 1:9.1.0-2');
	t.is((await hunkState(createLocalMachine(), root, await readPatch())).state, 'applicable');
	await must(t, 'test', ['-f', `${root}/trove/debian.py`]);

	await t.throwsAsync(fetchFrom(t, mirror, keyring, '1:9.1.0-3'), {instanceOf: ToolError, code: 'K2D6001', message: /find/});
	const other = path.join(await createScratch(t), 'other.gpg');
	await writeFile(other, '');
	await t.throwsAsync(fetchFrom(t, mirror, other, '1:9.1.0-2'), {instanceOf: ToolError, code: 'K2D6001'}, 'an archive signed by somebody else');
	await writeFile(path.join(directory, 'openstack-trove_9.1.0.orig.tar.gz'), 'changed');
	await t.throwsAsync(fetchFrom(t, mirror, keyring, '1:9.1.0-2'), {instanceOf: ToolError, code: 'K2D6001'}, 'a file that was changed');
});
