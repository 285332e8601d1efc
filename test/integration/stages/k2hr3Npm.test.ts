import {createRequire} from 'node:module';
import {mkdir, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {npmPackages} from '../../../scripts/config/k2hr3Source.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import type {StepContext} from '../../../scripts/pipeline/types.js';
import {writeNpmrc} from '../../../scripts/sources/npm.js';
import {buildByNpm} from '../../../scripts/stages/k2hr3/prefixOfNpm.js';
import {refuseIncomplete} from '../../../scripts/stages/k2hr3/prefix.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {writeK2hdkcHeader, writeNpmPackages} from '../../fixtures/npmStandIn/packages.js';
import {startNpmStandIn} from '../../fixtures/npmStandIn/registry.js';
import {needs} from '../../helpers/needs.js';
import {load} from '../../unit/config/workspace.js';
import {installStandIns} from '../../e2e/support/standIns.js';

// Registry, packages and K2HDKC are stand-ins; npm, node-gyp and the compiler are real. The root is that of this host under a layer that is thrown away, so no
// Debian packages are installed into it.

const hasHeaders = async (): Promise<string | undefined> => stat('/usr/include/node/node.h').then(() => undefined, () => 'no headers of Node below /usr/include/node');

const wanted = async () => ({root: true, commands: {npm: 'npm', gcc: 'gcc', make: 'make'}, missing: await hasHeaders()} as const);

/** On a file system of its own: a layer cannot lie within what it lies over. */
const scratch = async (t: ExecutionContext): Promise<string> => {
	const directory = await mkdtemp('/dev/shm/k2hr3-npm-');
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	return directory;
};

type Built = {readonly target: string; readonly asked: ReadonlySet<string>};

const build = async (t: ExecutionContext, npm: typeof npmPackages = npmPackages, hasHeader = true): Promise<Built> => {
	const directory = await scratch(t);
	const [k2hdkc, work, target] = ['k2hdkc', 'work', 'target'].map(name => path.join(directory, name)) as [string, string, string];
	await mkdir(work);
	await installStandIns(k2hdkc);
	await (hasHeader && writeK2hdkcHeader(k2hdkc));
	const registry = await startNpmStandIn();
	t.teardown(registry.stop);
	for (const source of await writeNpmPackages(path.join(directory, 'packages'))) {
		await registry.publish(source);
	}

	const {config} = load({flags: {set: ['sources.k2hr3=npm', `sources.k2hdkc=directory:${k2hdkc}`, `sources.npm.registry=${registry.url}`]}});
	const context: StepContext<SandboxEnv> = {
		env: {config, host: createLocalMachine()} as unknown as SandboxEnv,
		signal: new AbortController().signal, progress: {say: () => undefined, output: () => undefined},
		async job(machine, argv, options) {
			await machine.run(argv, {...options, timeout: 300});
		},
	};
	const empty = ['sh', '-euc', 'rm -rf "$1/usr/local"; mkdir -p "$1/usr/local/bin" "$1/usr/local/lib"', 'sh', `${work}/tree`];
	await buildByNpm(context, npm, {root: '/', work, target}, {argv: empty});
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

test('a version that the registry does not have, and a K2HDKC without headers, end with what is wrong', async t => {
	if (!await needs(t, await wanted())) {
		return;
	}

	await t.throwsAsync(build(t, {...npmPackages, 'k2hr3-api': '1.0.99'}), {code: 'K2D7021', message: /^k2hr3-api@1\.0\.99 and k2hr3-app@1\.0\.43 cannot be installed: npm .*k2hr3-api@1\.0\.99/});
	await t.throwsAsync(build(t, npmPackages, false), {code: 'K2D7021', message: /lacks bin\/k2hdkc or include\/k2hdkc$/});
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

	const user = path.join(directory, 'user');
	await writeFile(`${user}.pem`, 'a certificate\n');
	await writeFile(user, `registry=http://other.example/\n//other.example/:_authToken=a-token\ncafile=${user}.pem\n`);
	const asUser: typeof host = {...host, run: async (argv, options) => host.run(argv, {...options, env: {npm_config_userconfig: user}})};
	await writeNpmrc(asUser, {registry: 'host'}, directory, '/root');
	t.regex(await readFile(file, 'utf8'), /^\/\/other\.example\/:_authToken=a-token$[^]*^registry=http:\/\/other\.example\/$\ncafile=\/root\/npm-ca\.pem\n$/m);
	t.is(await readFile(path.join(directory, 'npm-ca.pem'), 'utf8'), 'a certificate\n');
	t.is((await stat(file)).mode % 0o1000, 0o600);
});
