import {mkdir, mkdtemp, readdir, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {runCommand} from '../helpers/runCommand.js';
import {copyProject, withoutNpm} from '../helpers/workingCopy.js';

let directory = '';
let project = '';

/** As a person calls it, not as a script of npm; what npx remembers of a project goes with the test. */
const npm = async (cwd: string, command: 'npm' | 'npx', ...args: readonly string[]) =>
	runCommand(command, args, {cwd, env: {...withoutNpm(), NODE_ENV: undefined, ...(command === 'npx' && {npm_config_cache: path.join(directory, 'cache')})}, timeout: 300_000});

const tarball = async () => path.join(directory, (await readdir(directory)).find(name => name.endsWith('.tgz')) ?? 'missing.tgz');

test.before(async () => {
	directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-pack-'));
	project = path.join(directory, 'project');
	await mkdir(project);
	await copyProject(project);
});

test.after.always(async () => {
	await rm(directory, {recursive: true, force: true});
});

test.serial('npm pack builds in a copy without git and without dist', async t => {
	const packed = await npm(project, 'npm', 'pack', '--json', '--pack-destination', directory);
	t.is(packed.code, 0, packed.stderr);
	const {mode} = await stat(path.join(project, 'dist/scripts/cli/main.js'));
	t.is(mode & 0o111, 0o111, 'the built command is executable');
});

test.serial('the tarball holds what is needed and nothing generated', async t => {
	const {stdout} = await runCommand('tar', ['-tzf', await tarball()]);
	const files = stdout.trim().split('\n').map(name => name.replace(/^package\//, ''));
	for (const wanted of ['LICENSE', 'README.md', 'CHANGELOG.md', 'conf/default.yaml', 'dist/scripts/cli/main.js']) {
		t.true(files.includes(wanted), wanted);
	}

	t.deepEqual(files.filter(name => /\.(?:ts|map|pyc|tgz)$|^(?:test|tools|dist\/test|node_modules)\/|egg-info|__pycache__|\/build\//.test(name)), []);
});

test.serial('npx in the working copy runs what is built and builds nothing', async t => {
	const builtAt = async () => (await stat(path.join(project, 'dist/scripts/cli/main.js'))).mtimeMs;
	const before = await builtAt();
	for (const attempt of [1, 2]) {
		const {code, stdout, stderr} = await npm(project, 'npx', 'k2hdkc-devstack', 'version');
		t.is(code, 0, stderr);
		t.regex(stdout, /^\d+\.\d+\.\d+/, `call ${attempt}`);
	}

	t.is(await builtAt(), before);
});

test.serial('the tarball installs into an empty prefix and runs from there', async t => {
	const prefix = path.join(directory, 'prefix');
	const installed = await npm(directory, 'npm', 'install', '--global', '--prefix', prefix, await tarball());
	t.is(installed.code, 0, installed.stderr);
	const command = path.join(prefix, 'bin/k2hdkc-devstack');
	for (const args of [['--version'], ['--help'], ['config', 'check'], ['config', 'show'], ['patches', 'list']]) {
		const {code, stderr} = await runCommand(command, args, {cwd: prefix, env: withoutNpm()});
		t.is(code, 0, `${args.join(' ')}: ${stderr}`);
	}

	const modules = path.join(prefix, 'lib/node_modules/k2hdkc-devstack/node_modules');
	t.false((await readdir(modules)).includes('typescript'), 'nothing of the development is installed');
});
