import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {makeK2hr3Prefix} from '../../fixtures/k2hr3StandIn/prefix.js';
import {writeK2hdkcHeader, writeNpmPackages} from '../../fixtures/npmStandIn/packages.js';
import {startNpmStandIn} from '../../fixtures/npmStandIn/registry.js';
import {pushLayout} from '../../fixtures/ociLayout.js';
import {startPlainRegistry} from '../../fixtures/plainRegistry.js';
import {needs} from '../../helpers/needs.js';
import {installStandIns} from '../support/standIns.js';
import {document, expect, follow, hostNeeds, worked} from '../support/tool.js';
import {prepare, up} from '../support/withServers.js';

// K2HR3 as a server of the environment, of programs from a registry of images and from one of npm. Registry of images, npm and compiler are real.

const scratch = async (t: ExecutionContext): Promise<string> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hr3-sources-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	return directory;
};

/** A server is made, takes tokens of Keystone, and goes. */
const serves = async (t: ExecutionContext, words: readonly string[]): Promise<void> => {
	await prepare();
	await expect(t, 0, up);
	const {code, events, stderr, seconds} = await follow(['k2hr3', 'up', ...words], () => undefined);
	t.is(code, 0, stderr);
	t.log(`${seconds.toFixed(1)} s`);
	for (const step of ['images.k2hr3.prefix', 'images.k2hr3', 'k2hr3.server']) {
		t.true(worked(events).includes(step), step);
	}

	t.true(document<{api: readonly string[]}>(await expect(t, 0, ['k2hr3', 'status', '--json', ...words])).api.includes('role'));
	await expect(t, 0, ['k2hr3', 'register', 'ring', '--project', 'demo', ...words]);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
};

test.serial('a server of K2HR3 from a container image of a registry', async t => {
	if (!await needs(t, {...hostNeeds, commands: {...hostNeeds.commands, skopeo: 'skopeo'}})) {
		return;
	}

	const directory = await scratch(t);
	const layer = path.join(directory, 'layer');
	await mkdir(path.join(layer, 'usr/local'), {recursive: true});
	await makeK2hr3Prefix(path.join(layer, 'usr/local'));
	const {address, stop} = await startPlainRegistry(directory);
	t.teardown(stop);
	const reference = await pushLayout(directory, address, 'k2hr3', [layer]);
	await serves(t, ['--set', `sources.k2hr3=image:${reference}`, '--set', `datastore.options.docker_insecure_registries=[${address}]`]);
});

test.serial('a server of K2HR3 from the npm registry, over K2HDKC of a directory', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const directory = await scratch(t);
	const k2hdkc = path.join(directory, 'k2hdkc');
	await installStandIns(k2hdkc);
	await writeK2hdkcHeader(k2hdkc);
	const {url, publish, stop} = await startNpmStandIn();
	t.teardown(stop);
	for (const source of await writeNpmPackages(path.join(directory, 'packages'))) {
		await publish(source);
	}

	await serves(t, ['--set', 'sources.k2hr3=npm', '--set', `sources.k2hdkc=directory:${k2hdkc}`, '--set', `sources.npm.registry=${url}`]);
});
