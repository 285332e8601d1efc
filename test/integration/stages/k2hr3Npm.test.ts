import {createRequire} from 'node:module';
import {mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {npmPackages} from '../../../scripts/config/k2hr3Origin.js';
import type {CommandError} from '../../../scripts/machines/commandError.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import type {StepContext} from '../../../scripts/pipeline/types.js';
import {writeNpmrc} from '../../../scripts/sources/npm.js';
import {buildByNpm} from '../../../scripts/stages/k2hr3/prefixOfNpm.js';
import {refuseIncomplete} from '../../../scripts/stages/k2hr3/prefix.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {writeK2hdkcDebs, writeK2hdkcHeader, writeNpmPackages} from '../../fixtures/npmStandIn/packages.js';
import {startNpmStandIn} from '../../fixtures/npmStandIn/registry.js';
import {needs} from '../../helpers/needs.js';
import {load} from '../../unit/config/workspace.js';
import {installStandIns} from '../../e2e/support/standIns.js';

// Registry, packages and K2HDKC are stand-ins; npm, node-gyp and the compiler are real. The root is that of this host under a layer that is thrown away, so no
// Debian packages are installed into it.

const hasHeaders = async (): Promise<string | undefined> => stat('/usr/include/node/node.h').then(() => undefined, () => 'no headers of Node below /usr/include/node');

const wanted = async () => ({root: true, commands: {npm: 'npm', 'g++': 'g++', gcc: 'gcc', make: 'make'}, missing: await hasHeaders()} as const);

/** On a file system of its own: a layer cannot lie within what it lies over. */
const scratch = async (t: ExecutionContext): Promise<string> => {
	const directory = await mkdtemp('/dev/shm/k2hr3-npm-');
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	return directory;
};

type Built = {readonly target: string; readonly asked: ReadonlySet<string>};

/** Where K2HDKC comes from, made in a directory: settings, and Debian packages that are to be installed. */
type K2hdkc = (directory: string) => Promise<{readonly set: readonly string[]; readonly debs: readonly string[]}>;

const installed = (hasHeader: boolean): K2hdkc => async directory => {
	await installStandIns(directory);
	await (hasHeader && writeK2hdkcHeader(directory));
	return {set: [`sources.k2hdkc=directory:${directory}`], debs: []};
};

const packaged: K2hdkc = async directory => ({
	set: ['sources.k2hdkc=packages:k2hdkc=1.0.19', 'sources.k2hdkcRepository.entry=deb http://packages.example/ trixie main', 'sources.k2hdkcRepository.keyFile=/etc/k2hdkc.asc'],
	debs: await writeK2hdkcDebs(directory),
});

const build = async (t: ExecutionContext, npm: typeof npmPackages = npmPackages, k2hdkc = installed(true)): Promise<Built> => {
	const directory = await scratch(t);
	const [work, target] = ['work', 'target'].map(name => path.join(directory, name)) as [string, string];
	await mkdir(work);
	const {set, debs} = await k2hdkc(path.join(directory, 'k2hdkc'));
	const registry = await startNpmStandIn();
	t.teardown(registry.stop);
	for (const source of await writeNpmPackages(path.join(directory, 'packages'))) {
		await registry.publish(source);
	}

	const {config} = load({flags: {set: ['sources.k2hr3=npm', ...set, `sources.npm.registry=${registry.url}`]}});
	const context: StepContext<SandboxEnv> = {
		env: {config, host: createLocalMachine()} as unknown as SandboxEnv,
		signal: new AbortController().signal, progress: {say: () => undefined, output: () => undefined},
		async job(machine, argv, options) {
			await machine.run(argv, {...options, timeout: 300});
		},
	};
	const bootstrap = 'tree=$1; shift; rm -rf "$tree/usr/local"; mkdir -p "$tree/usr/local/bin" "$tree/usr/local/lib"; [ $# = 0 ] || dpkg --root="$tree" --install "$@"';
	await buildByNpm(context, npm, {root: '/', work, target}, {argv: ['sh', '-euc', bootstrap, 'sh', `${work}/tree`, ...debs]});
	await refuseIncomplete(context.env, target, 'the prefix');
	return {target, asked: registry.asked};
};

test('the API and the web application are installed over K2HDKC, and the addon is compiled with its headers', async t => {
	if (!await needs(t, await wanted())) {
		return;
	}

	const {target, asked} = await build(t);
	t.true(asked.has('k2hr3-app'));
	const {version} = createRequire(import.meta.url)(path.join(target, 'lib/node_modules/k2hr3-api/node_modules/k2hdkc/src/build/Release/k2hdkc.node')) as {version: number};
	t.is(version, 19);
	t.regex(await readFile(path.join(target, 'lib/node_modules/k2hr3-app/package.json'), 'utf8'), /"version":"1\.0\.43"/);
	await t.throwsAsync(stat(path.join(target, 'include')), {code: 'ENOENT'});
	await t.throwsAsync(stat('/usr/local/lib/node_modules/k2hr3-api'), {code: 'ENOENT'}, 'the host has nothing of it');
});

test('CHMPX and K2HDKC that came as packages are part of the prefix, their headers are not', async t => {
	if (!await needs(t, await wanted())) {
		return;
	}

	const {target} = await build(t, npmPackages, packaged);
	for (const file of ['bin/chmpx', 'bin/chmpxstatus', 'bin/k2hdkc', 'lib/libchmpx.so.1']) {
		t.is(await readFile(path.join(target, file), 'utf8'), '#define STAND_IN_VERSION 20\n');
	}

	t.is((createRequire(import.meta.url)(path.join(target, 'lib/node_modules/k2hr3-api/node_modules/k2hdkc/src/build/Release/k2hdkc.node')) as {version: number}).version, 20);
	t.deepEqual((await readdir(target)).toSorted(), ['bin', 'lib']);
});

test('a version that the registry does not have, and a K2HDKC without headers, end with what is wrong', async t => {
	if (!await needs(t, await wanted())) {
		return;
	}

	const failed = await t.throwsAsync(build(t, {...npmPackages, 'k2hr3-api': '1.0.99'}), {code: 'K2D7021', message: /^k2hr3-api@1\.0\.99 and k2hr3-app@1\.0\.43 cannot be installed/});
	t.regex((failed?.cause as CommandError).lastLines.join('\n'), /^npm .*No matching version found for k2hr3-api@1\.0\.99/m);
	await t.throwsAsync(build(t, npmPackages, installed(false)), {code: 'K2D7021', message: /lacks bin\/k2hdkc or include\/k2hdkc$/});
});

test('npm is told of the registry of the configuration, or of all that npm of the host is told', async t => {
	if (!await needs(t, {commands: {npm: 'npm'}})) {
		return;
	}

	const directory = await mkdtemp(path.join(tmpdir(), 'k2hr3-npmrc-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const host = createLocalMachine();
	const file = path.join(directory, 'npmrc');
	await writeNpmrc(host, {registry: 'http://registry.example/'}, directory, '/root');
	t.is(await readFile(file, 'utf8'), 'registry=http://registry.example/\n');

	// An npm that runs these tests tells its own settings by variables; empty ones count for nothing.
	const untold = {npm_config_cafile: '', npm_config_registry: ''};
	const user = path.join(directory, 'user');
	await writeFile(`${user}.pem`, 'a certificate\n');
	await writeFile(user, `registry=http://other.example/\n//other.example/:_authToken=a-token\ncafile=${user}.pem\n`);
	const asUser: typeof host = {...host, run: async (argv, options) => host.run(argv, {...options, env: {...untold, npm_config_userconfig: user}})};
	await writeNpmrc(asUser, {registry: 'host'}, directory, '/root');
	t.regex(await readFile(file, 'utf8'), /^\/\/other\.example\/:_authToken=a-token$[^]*^registry=http:\/\/other\.example\/$\ncafile=\/root\/npm-ca\.pem\n$/m);
	t.is(await readFile(path.join(directory, 'npm-ca.pem'), 'utf8'), 'a certificate\n');
	t.is((await stat(file)).mode % 0o1000, 0o600);
});
