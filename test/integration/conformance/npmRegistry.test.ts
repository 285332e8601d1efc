import {createHash} from 'node:crypto';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {writeNpmPackages} from '../../fixtures/npmStandIn/packages.js';
import {startNpmStandIn} from '../../fixtures/npmStandIn/registry.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';

// What sources.k2hr3: npm asks of a registry, by npm itself, of the stand-in and of the registry that npm uses here.

/** A registry that has that package. */
type Registry = {readonly url: string; readonly packageName: string};

const registries: ReadonlyMap<string, (t: ExecutionContext, directory: string) => Promise<Registry>> = new Map([
	['the stand-in', async (t: ExecutionContext, directory: string) => {
		const {url, publish, stop} = await startNpmStandIn();
		t.teardown(stop);
		for (const source of await writeNpmPackages(path.join(directory, 'packages'))) {
			await publish(source);
		}

		return {url, packageName: 'k2hr3-app'};
	}],
	['the registry of npm', async () => ({url: (await runCommand('npm', ['config', 'get', 'registry'])).stdout.trim(), packageName: 'yocto-queue'})],
]);

type Document = {readonly name: string; readonly version: string; readonly 'dist-tags': {readonly latest: string}; readonly dist: {readonly tarball: string; readonly integrity: string}};

for (const [name, open] of registries) {
	test(`${name}: a package by its name and version, with a checksum, and nothing by another`, async t => {
		if (!await needs(t, {commands: {npm: 'npm'}})) {
			return;
		}

		const directory = await mkdtemp(path.join(tmpdir(), 'npm-registry-'));
		t.teardown(async () => rm(directory, {recursive: true, force: true}));
		const {url, packageName} = await open(t, directory);
		await writeFile(path.join(directory, 'package.json'), '{"private": true}\n');
		const npm = async (...words: readonly string[]) => runCommand('npm', [...words, `--registry=${url}`, `--cache=${path.join(directory, 'cache')}`, '--no-audit', '--no-fund', '--no-update-notifier'], {cwd: directory});

		const shown = await npm('view', packageName, '--json');
		t.is(shown.code, 0, shown.stderr);
		const {version, dist, ...document} = JSON.parse(shown.stdout) as Document;
		t.is(document.name, packageName);
		t.is(document['dist-tags'].latest, version);
		t.true(dist.tarball.endsWith(`/-/${packageName}-${version}.tgz`), dist.tarball);

		const packed = await npm('pack', `${packageName}@${version}`, '--silent');
		t.is(packed.code, 0, packed.stderr);
		t.is(`sha512-${createHash('sha512').update(await readFile(path.join(directory, packed.stdout.trim()))).digest('base64')}`, dist.integrity);

		const installed = await npm('install', `${packageName}@${version}`);
		t.is(installed.code, 0, installed.stderr);
		t.is((JSON.parse(await readFile(path.join(directory, 'node_modules', packageName, 'package.json'), 'utf8')) as Document).version, version);

		for (const [wanted, code] of [[`${packageName}@9999.0.0`, 'ETARGET'], [`${packageName}-that-nobody-has-made`, 'E404']] as const) {
			const refused = await npm('install', wanted);
			t.not(refused.code, 0);
			t.true(refused.stderr.includes(code), `${wanted}: ${refused.stderr}`);
		}
	});
}
