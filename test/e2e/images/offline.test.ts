import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {createDeadEnd} from '../support/deadEnd.js';
import {installStandIns} from '../support/standIns.js';
import {expect, follow, hostNeeds, paths, run, worked} from '../support/tool.js';

const environment = 'ci-offline';

/** The environment of the other tests may run beside this one; nothing but its machine is started here. */
const small = ['--set', 'sandbox.minimum.memoryMiB=512'];

const temporary = async (t: ExecutionContext): Promise<string> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-offline-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	return directory;
};

test.serial('without a network nothing is begun that needs one, and everything missing is named', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const deadEnd = await createDeadEnd(t);
	const there = {environment, prefix: deadEnd.prefix};
	const cache = path.join(await temporary(t), 'cache');
	const {stderr} = await expect(t, 3, ['up', '--offline', '--set', `paths.cache=${cache}`, '--with', 'images'], there);
	t.regex(stderr, /\[K2D6060]/);
	for (const step of ['sandbox.root', 'registry.download', 'images.guest.base', 'images.guest.sources']) {
		t.true(stderr.includes(`${step} (`), `${step}\n${stderr}`);
	}

	t.regex(stderr, new RegExp(`Run \`k2hdkc-devstack fetch --name ${environment} --set paths.cache=${cache} --with images\` while`));
	t.false((await readdir((await paths()).state)).includes(environment));
	await expect(t, 0, ['doctor', '--offline', ...small], there);
	t.is(await deadEnd.attempts(), 0);

	// What is seen here is not that nobody counts.
	await expect(t, 3, ['doctor'], there);
	t.not((await runCommand('nsenter', [...deadEnd.prefix.slice(1), 'curl', '--silent', '--max-time', '5', 'http://198.18.255.2/'])).code, 0);
	t.true(await deadEnd.attempts() > 0);
});

test.serial('after fetch no network is needed: a machine is made, and an image built', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const fetched = await follow(['fetch', '--with', 'dashboard', ...small], () => undefined, {environment});
	t.is(fetched.code, 0, fetched.stderr);
	t.log(`fetch: ${fetched.seconds.toFixed(1)} s for ${worked(fetched.events).join(', ') || 'nothing'}`);
	// All else is in the caches that the tests before this one have filled.
	t.deepEqual(worked(fetched.events).filter(id => id !== 'dashboard.download'), []);

	const deadEnd = await createDeadEnd(t);
	const there = {environment, prefix: deadEnd.prefix};
	t.teardown(async () => run(['down', '--depth', 'everything', '--yes'], {environment}));
	const machine = ['environment', 'host.packages', 'sandbox.root', 'sandbox.disk', 'sandbox.network', 'sandbox.machine', 'registry.download', 'registry.packages'];
	const up = await follow(['up', '--offline', '--set', 'components.images=true', ...small, ...machine.flatMap(step => ['--only', step])], () => undefined, there);
	t.is(up.code, 0, up.stderr);
	t.log(`up: ${up.seconds.toFixed(1)} s`);
	t.deepEqual(worked(up.events), ['environment', 'registry.packages', 'sandbox.disk', 'sandbox.machine', 'sandbox.network']);
	await expect(t, 0, ['down'], there);

	// STAND-INS for K2HDKC. Their place is new, so the image is; its base is the one that was made before.
	const prefix = await temporary(t);
	await installStandIns(prefix);
	const settings = [`sources.k2hdkc=directory:${prefix}`, 'images.database.variant=debian', 'images.database.extraPackages=nodejs'];
	const image = await follow(['images', 'build', 'database', '--offline', ...small, ...settings.flatMap(setting => ['--set', setting])], () => undefined, there);
	t.is(image.code, 0, image.stderr);
	t.log(`image: ${image.seconds.toFixed(1)} s`);
	t.deepEqual(worked(image.events), ['images.database', 'images.database.check']);
	const {stdout, stderr} = await expect(t, 0, ['down', '--depth', 'everything', '--yes'], there);
	t.regex(stdout + stderr, /sandbox\.root: [^\n]*left for environment ci-images, which needs it too/);
	t.false((await readdir((await paths()).state)).includes(environment));
	t.is(await deadEnd.attempts(), 0);
});
