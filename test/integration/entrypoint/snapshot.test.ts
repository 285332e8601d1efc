import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand, type Outcome} from '../../helpers/runCommand.js';
import {argvOf, command, nodeTest, startHealthyNode, type Place} from './node.js';

const ini = (database: string): string => `[GLOBAL]\nGROUP = a\n\n[K2HDKC]\nK2HFILE = ${database}\nK2HMASKBIT = 8\n`;

const archiveOf = ({dataDir}: Place, name = 'trovebackup'): string => path.join(dataDir, 'snapshots', name, `${name}.k2har`);

/** Runs a command of the entrypoint in a mount namespace of its own, after `prepare` has been run in it. */
const commandWhere = async (place: Place, prepare: string, args: readonly string[]): Promise<Outcome> => {
	const [program, first] = argvOf(place.shell);
	return runCommand('unshare', ['--mount', '/bin/sh', '-c', `set -e; ${prepare}; exec "$@"`, 'sh', program, ...first, ...args], {env: {...place.env}, timeout: 30_000});
};

const makeArchive = async (t: ExecutionContext, place: Place, text: string): Promise<void> => {
	await writeFile(place.database, text);
	const {code, stderr} = await command(place, ['backup']);
	t.is(code, 0, stderr);
};

nodeTest('backup, delete and restore, beside a node that serves', async (t, place) => {
	await startHealthyNode(t, place);
	await makeArchive(t, place, 'key value\n');
	t.is(await readFile(archiveOf(place), 'utf8'), 'key value\n');
	t.is((await stat(archiveOf(place))).mode & 0o077, 0);
	t.deepEqual(await readdir(path.dirname(archiveOf(place))), ['trovebackup.k2har']);

	await writeFile(place.database, '');
	t.is((await command(place, ['restore', place.dataDir, 'trovebackup'])).code, 0);
	t.is(await readFile(place.database, 'utf8'), 'key value\n');

	t.is((await command(place, ['d'])).code, 0);
	t.false(existsSync(path.dirname(archiveOf(place))));
	const again = await command(place, ['delete']);
	t.is(again.code, 0);
	t.regex(again.stderr, /nothing to delete/);
});

nodeTest('other directories and names, and a database that the configuration names', async (t, place) => {
	const [elsewhere, target] = [path.join(place.root, 'elsewhere.k2h'), path.join(place.root, 'target')];
	await writeFile(elsewhere, 'a b\n');
	await writeFile(path.join(place.dataDir, 'backup_k2hdkc.ini'), ini(elsewhere));
	t.is((await command(place, ['b', target, 'monday'])).code, 0);
	t.is(await readFile(path.join(target, 'snapshots/monday/monday.k2har'), 'utf8'), 'a b\n');
});

nodeTest('an empty database makes an empty archive, and that can be restored', async (t, place) => {
	await makeArchive(t, place, '');
	t.is((await stat(archiveOf(place))).size, 0);
	t.is((await command(place, ['r'])).code, 0);
});

nodeTest('a restore makes the database when there is none', async (t, place) => {
	await mkdir(path.dirname(archiveOf(place)), {recursive: true});
	await writeFile(archiveOf(place), 'key value\n');
	t.is((await command(place, ['restore'])).code, 0);
	t.is(await readFile(place.database, 'utf8'), 'key value\n');
	t.deepEqual((await readdir(place.dataDir)).toSorted(), ['k2hdkc.k2h', 'snapshots']);
});

nodeTest('a database that a restore makes has the sizes of the configuration, or those that the guest agent tells', async (t, place) => {
	await makeArchive(t, place, 'key value\n');
	const programs = path.join(place.root, 'programs');
	await mkdir(programs);
	await writeFile(path.join(programs, 'k2hlinetool'), `#!/bin/sh\necho "$*" >${programs}/asked\nPATH=$PATH_BEFORE exec k2hlinetool "$@"\n`, {mode: 0o755});
	const optionsOf = async (told: Readonly<Record<string, string>>): Promise<string | undefined> => {
		await rm(place.database);
		const {code, stderr} = await command(place, ['restore'], {...told, PATH: `${programs}:${place.env.PATH!}`, PATH_BEFORE: place.env.PATH!});
		t.is(code, 0, stderr);
		return /-mask .* -fullmap/.exec(await readFile(path.join(programs, 'asked'), 'utf8'))?.[0];
	};

	const told = {k2hdkc_mask_bits: '9', k2hdkc_collision_mask_bits: '10', k2hdkc_max_elements: '64', k2hdkc_page_size: '4096'};
	t.is(await optionsOf({}), '-mask 8 -cmask 8 -elementcnt 32 -pagesize 512 -fullmap');
	t.is(await optionsOf(told), '-mask 9 -cmask 10 -elementcnt 64 -pagesize 4096 -fullmap');
	t.is(await optionsOf({k2hdkc_page_size: '1 -mask 2'}), '-mask 8 -cmask 8 -elementcnt 32 -pagesize 512 -fullmap');
	await writeFile(path.join(place.dataDir, 'backup_k2hdkc.ini'), ini(place.database));
	t.is(await optionsOf(told), '-mask 8 -cmask 10 -elementcnt 64 -pagesize 4096 -fullmap');
});

nodeTest('what is missing is named', async (t, place) => {
	const backup = await command(place, ['backup']);
	t.is(backup.code, 1);
	t.regex(backup.stderr, /no database to back up: .*k2hdkc\.k2h does not exist/);
	const restore = await command(place, ['restore']);
	t.is(restore.code, 1);
	t.regex(restore.stderr, /There is no archive .*trovebackup\.k2har/);
});

nodeTest('an archive that cannot be read is no restore', async (t, place) => {
	await mkdir(archiveOf(place), {recursive: true});
	t.is((await command(place, ['restore'])).code, 1);
	t.false(existsSync(place.database));
});

nodeTest('a full disk is told, and the archive from before stays', async (t, place) => {
	if (!await needs(t, {root: true, commands: {unshare: 'util-linux'}})) {
		return;
	}

	const backup = await commandWhere(place, `mount -t tmpfs -o size=64k tmpfs ${place.dataDir}
		mkdir -p ${path.dirname(archiveOf(place))}; echo old >${archiveOf(place)}
		printf '%s' '${ini(path.join(place.root, 'big'))}' >${place.dataDir}/backup_k2hdkc.ini
		head -c 200000 /dev/zero >${place.root}/big
		trap 'ls -A ${path.dirname(archiveOf(place))}; cat ${archiveOf(place)}' EXIT; set +e; sh -c '"$@"' sh "$@"; exit`, ['backup']);
	t.is(backup.code, 1, backup.stderr);
	t.regex(backup.stderr, /The backup to .* failed; .*(?:full|KiB are free)/);
	t.is(backup.stdout, 'trovebackup.k2har\nold\n');
});

nodeTest('a full disk is told by a restore, and no half database is left', async (t, place) => {
	if (!await needs(t, {root: true, commands: {unshare: 'util-linux'}})) {
		return;
	}

	const restore = await commandWhere(place, `mount -t tmpfs -o size=64k tmpfs ${place.dataDir}
		mkdir -p ${place.root}/from/snapshots/s; head -c 200000 /dev/zero >${place.root}/from/snapshots/s/s.k2har
		trap 'ls -A ${place.dataDir}' EXIT; set +e; sh -c '"$@"' sh "$@"; exit`, ['restore', path.join(place.root, 'from'), 's']);
	t.is(restore.code, 1, restore.stderr);
	t.regex(restore.stderr, /Loading .* into a new .* failed/);
	t.is(restore.stdout, '');
});

nodeTest('read-only data is told', async (t, place) => {
	if (!await needs(t, {root: true, commands: {unshare: 'util-linux'}})) {
		return;
	}

	await makeArchive(t, place, 'key value\n');
	const readOnly = `mount --bind ${place.dataDir} ${place.dataDir}; mount -o remount,bind,ro ${place.dataDir}`;
	for (const [args, says] of [
		[['backup'], /The backup to .* failed; .* cannot be written: it is read-only/],
		[['backup', place.dataDir, 'other'], /No directory for the backup could be made: .* cannot be written: it is read-only/],
		[['delete'], /could not be deleted; .* cannot be written: it is read-only/],
		[['restore'], /Loading .* failed; .* cannot be written: it is read-only/],
	] as const) {
		const {code, stderr} = await commandWhere(place, readOnly, args);
		t.is(code, 1, stderr);
		t.regex(stderr, says);
	}
});
