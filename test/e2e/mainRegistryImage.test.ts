import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {needs} from '../helpers/needs.js';
import {document, expect, follow, hostNeeds, worked} from './support/tool.js';

const steps = ['images.store', 'images.tools', 'images.containers.base', 'images.database', 'images.database.check', 'images.database.push'];

type Images = {readonly images: ReadonlyArray<{readonly image: string; readonly name: string; readonly state: string; readonly registered: string; readonly directory: string}>};

/** STAND-INS for K2HDKC as an installed prefix. They need Node, so the image gets it too. */
const installStandIns = async (): Promise<string> => {
	const prefix = await mkdtemp(path.join(tmpdir(), 'k2hdkc-prefix-'));
	await cp('test/fixtures/k2hdkcStandIn', prefix, {recursive: true});
	await mkdir(path.join(prefix, 'lib'));
	return prefix;
};

test.serial('the database image is built, held to its contract, and pushed under the tag that Trove asks for', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const prefix = await installStandIns();
	t.teardown(async () => rm(prefix, {recursive: true, force: true}));
	const settings = [`sources.k2hdkc=directory:${prefix}`, 'images.database.variant=debian', 'images.database.extraPackages=nodejs'].flatMap(setting => ['--set', setting]);
	const up = ['up', '--set', 'components.images=true', ...settings, ...steps.flatMap(step => ['--only', step])];
	const facts = async (): Promise<Images['images'][number]> =>
		document<Images>(await expect(t, 0, ['images', 'list', '--json', ...settings])).images.find(({image}) => image === 'database')!;
	t.like(await facts(), {name: 'antpickax/k2hdkc-trove:1.0.19', registered: '-'});

	const first = await follow(up, () => undefined);
	t.is(first.code, 0, first.stderr);
	t.log(`base, image, check and push: ${first.seconds.toFixed(1)} s`);
	t.true(['images.database', 'images.database.check', 'images.database.push'].every(id => worked(first.events).includes(id)));
	const built = await facts();
	t.is(built.state, 'up to date');
	t.regex(built.registered, /^[\d.]+:5443\/antpickax\/k2hdkc-trove, sha256:[\da-f]{12}$/);
	const {components} = JSON.parse(await readFile(path.join(built.directory, 'packages.cdx.json'), 'utf8')) as {components: Array<{name: string}>};
	t.true(components.some(({name}) => name === 'tini'));

	const again = await follow(up, () => undefined);
	t.deepEqual(worked(again.events), []);
	t.log(`again: ${again.seconds.toFixed(1)} s`);

	// Other programs under the same path.
	await writeFile(path.join(prefix, 'bin/k2hdkclinetool'), '#!/bin/sh\n', {mode: 0o755});
	t.regex((await facts()).state, /^out of date: it was made from other programs/);
	const other = await follow(up, () => undefined);
	t.is(other.code, 0, other.stderr);
	t.deepEqual(worked(other.events), ['images.database', 'images.database.check', 'images.database.push']);
	const pushed = await facts();
	t.not(pushed.registered, built.registered);

	// What breaks the contract is not pushed.
	const broken = await expect(t, 1, [...up, '--set', 'images.database.hooks=mkdir -m 777 /open']);
	t.regex(broken.stdout + broken.stderr, /K2D6009/);
	t.regex(broken.stdout + broken.stderr, /\/open may be written by everybody/);
	t.is((await facts()).registered, pushed.registered);
});

test.serial('without a place where K2HDKC comes from it is left out, and that is said', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {stdout, stderr} = await expect(t, 1, ['images', 'build', 'database']);
	t.regex(stdout + stderr, /K2D6008/);
	t.regex((await expect(t, 0, ['images', 'list'])).stdout, /database .* left out: sources\.k2hdkc/);
	const {stdout: status} = await expect(t, 0, ['status', '--set', 'components.images=true']);
	t.regex(status, /database image +no distribution has the programs of K2HDKC/);
});
