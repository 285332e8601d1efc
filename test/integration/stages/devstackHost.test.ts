import {mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {recordedScript, recordFunctions} from '../../../scripts/stages/devstack/hostRecordScripts.js';
import {restoreScript} from '../../../scripts/stages/devstack/hostRestoreScript.js';
import {runCommand} from '../../helpers/runCommand.js';

/** A small host: settings, and a directory of data. What a command does to it is a script over `$etc` and `$lib`. */
const createHost = async (t: ExecutionContext) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-host-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const [etc, lib, record] = ['etc', 'lib', 'record'].map(name => path.join(directory, name)) as [string, string, string];
	await mkdir(path.join(etc, 'app'), {recursive: true});
	await mkdir(path.join(lib, 'old'), {recursive: true});
	for (const name of ['hosts', 'fstab', 'app/kept']) {
		await writeFile(path.join(etc, name), `${name} as it was\n`);
	}

	await symlink('app/kept', path.join(etc, 'link'));
	const places = {deep: [etc], shallow: [lib]};
	return {
		etc, lib, record,
		run: async (script: string) => runCommand('sh', ['-euc', recordedScript(places), 'sh', record, 'sh', '-euc', script], {env: {...process.env, etc, lib}}),
		restore: async () => runCommand('sh', ['-euc', restoreScript(places), 'sh', record]),
		tree: async () => (await runCommand('sh', ['-euc', 'cd "$0"; find . | sort; find . -type f | sort | xargs cat; readlink etc/link', directory])).stdout,
	};
};

const change = `
echo more >>"$etc/hosts"
rm "$etc/fstab"
ln -sf elsewhere "$etc/link"
mkdir -p "$etc/new/deep dir"
echo new >"$etc/new/deep dir/a file"
mkdir "$lib/mysql"
echo data >"$lib/mysql/table"
touch "$lib/old/mine"
`;

test('what a command changed is put back, whatever its exit code was', async t => {
	const {run, restore, tree} = await createHost(t);
	const before = await tree();
	t.is((await run(`${change}exit 7`)).code, 7);
	t.not(await tree(), before);
	const {code, stdout, stderr} = await restore();
	t.is(code, 0, stderr);
	t.is(stdout, '');
	t.is(await tree(), before.replace('./lib/old\n', './lib/old\n./lib/old/mine\n'), 'what lies in a directory that was there is left alone');
});

test('commands add up: what the first found is what comes back', async t => {
	const {run, restore, etc} = await createHost(t);
	await run('echo one >"$etc/new"; echo one >"$etc/hosts"');
	await run('echo two >"$etc/new"; echo two >"$etc/hosts"; echo two >"$etc/gone"');
	await run('rm "$etc/gone"');
	t.is((await restore()).stdout, '');
	t.is(await readFile(path.join(etc, 'hosts'), 'utf8'), 'hosts as it was\n');
	await t.throwsAsync(readFile(path.join(etc, 'new')), {code: 'ENOENT'});
});

test('what somebody has changed since stays, and is told', async t => {
	const {run, restore, etc} = await createHost(t);
	await run(change);
	await writeFile(path.join(etc, 'hosts'), 'by hand');
	await writeFile(path.join(etc, 'new/deep dir/a file'), 'by hand');
	const {code, stdout} = await restore();
	t.is(code, 0);
	t.deepEqual(stdout.trim().split('\n').toSorted(), ['hosts', 'new/deep dir/a file'].map(name => `left: ${path.join(etc, name)}, which has changed since`));
	t.is(await readFile(path.join(etc, 'hosts'), 'utf8'), 'by hand');
	t.is(await readlink(path.join(etc, 'link')), 'app/kept');
});

test('a command that was killed is noted by the next one, or when all is put back', async t => {
	const {run, restore, etc, record} = await createHost(t);
	await run('echo killed >"$etc/hosts"; kill -KILL "$PPID"');
	t.regex(await readFile(path.join(record, 'before/users'), 'utf8'), /^root$/m);
	await run('echo again >"$etc/hosts"; kill -KILL "$PPID"');
	t.is((await restore()).code, 0);
	t.is(await readFile(path.join(etc, 'hosts'), 'utf8'), 'hosts as it was\n');
});

test('what has come later into a directory of theirs, and was taken away by them, does not come back', async t => {
	const {run, restore, tree, etc} = await createHost(t);
	const before = await tree();
	await run('mkdir -p "$etc/virt/servers"; echo own >"$etc/virt/conf"');
	await writeFile(path.join(etc, 'virt/servers/one'), 'made by a program of theirs');
	await writeFile(path.join(etc, 'app/mine'), 'by hand');
	await run('rm -r "$etc/virt" "$etc/app/mine"');
	t.is((await restore()).stdout, '');
	t.is(await readFile(path.join(etc, 'app/mine'), 'utf8'), 'by hand');
	await rm(path.join(etc, 'app/mine'));
	t.is(await tree(), before);
});

test('files of users are nobody\'s settings: users are noted by themselves', async t => {
	const {record} = await createHost(t);
	const {code, stdout, stderr} = await runCommand('sh', ['-euc', `${recordFunctions({deep: ['/etc'], shallow: []})}\nlook "$1"\ncut -f 2 "$1/files"`, 'sh', record]);
	t.is(code, 0, stderr);
	const files = stdout.split('\n');
	t.true(files.includes('/etc/hosts'));
	t.deepEqual(files.filter(file => /^\/etc\/(?:passwd|group|shadow)-?$/.test(file)), []);
});
