import {mkdtempSync} from 'node:fs';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {borrowRoot} from '../support/borrowRoot.js';
import {inside, machineAddress} from '../support/machine.js';
import {packStandIns} from '../support/standInPackages.js';
import {installStandIns} from '../support/standIns.js';
import {document, expect, follow, hostNeeds, worked} from '../support/tool.js';

/** A machine with the registry, and no control plane. */
const machineSteps = ['environment', 'host.packages', 'sandbox.root', 'sandbox.disk', 'sandbox.network', 'sandbox.machine', 'registry.download', 'registry.packages', 'registry'];

const steps = ['images.store', 'images.tools', 'images.containers.base', 'images.database', 'images.database.check', 'images.database.push'];
const backupSteps = ['images.guest.sources', 'images.backup.python', 'images.backup', 'images.backup.check', 'images.backup.push'];

type Facts = {readonly image: string; readonly name: string; readonly tag?: string; readonly digest?: string; readonly state: string; readonly registered: string; readonly directory: string};
type Images = {readonly images: readonly Facts[]};

/** STAND-INS for K2HDKC as an installed prefix. They need Node, so the image gets it too. */
const prefix = mkdtempSync(path.join(tmpdir(), 'k2hdkc-stand-ins-'));

const facts = async (t: ExecutionContext, name = 'database', words: readonly string[] = settings): Promise<Facts> =>
	document<Images>(await expect(t, 0, ['images', 'list', '--json', ...words])).images.find(({image}) => image === name)!;

// Another environment may stand beside this one, whose machine runs nothing but the registry.
const small = ['--set', 'sandbox.minimum.memoryMiB=512'];
const common = [...small, ...['images.database.variant=debian', 'images.database.extraPackages=nodejs'].flatMap(setting => ['--set', setting])];
const settings = ['--set', `sources.k2hdkc=directory:${prefix}`, ...common];

test.after.always(async () => {
	await rm(prefix, {recursive: true, force: true});
});

test.serial('the database image is built, held to its contract, and pushed under the tag that Trove asks for', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await borrowRoot();
	await expect(t, 0, ['up', '--set', 'components.images=true', ...small, ...machineSteps.flatMap(step => ['--only', step])]);
	await installStandIns(prefix);
	const up = ['up', '--set', 'components.images=true', ...settings, ...steps.flatMap(step => ['--only', step])];
	t.like(await facts(t), {name: 'antpickax/k2hdkc-trove', tag: '1.0.19', registered: '-'});

	const first = await follow(up, () => undefined);
	t.is(first.code, 0, first.stderr);
	t.log(`base, image, check and push: ${first.seconds.toFixed(1)} s`);
	t.true(['images.database', 'images.database.check', 'images.database.push'].every(id => worked(first.events).includes(id)));
	const built = await facts(t);
	t.is(built.state, 'up to date');
	t.regex(built.registered, /^[\d.]+:5443\/antpickax\/k2hdkc-trove, sha256:[\da-f]{12}$/);
	const {components} = JSON.parse(await readFile(path.join(built.directory, 'packages.cdx.json'), 'utf8')) as {components: Array<{name: string}>};
	t.true(components.some(({name}) => name === 'tini'));

	const both = [...up, ...backupSteps.flatMap(step => ['--only', step])];
	const backup = await follow(both, () => undefined);
	t.is(backup.code, 0, backup.stderr);
	// Of an earlier run they may be in the cache.
	const cached = new Set(['images.guest.sources', 'images.backup.python']);
	t.deepEqual(worked(backup.events).filter(id => !cached.has(id)), ['images.backup', 'images.backup.check', 'images.backup.push']);
	t.log(`layer of the backup image, the image, check and push: ${backup.seconds.toFixed(1)} s`);
	const builtBackup = await facts(t, 'backup');
	t.like(builtBackup, {name: 'antpickax/k2hdkc-trove-backup', tag: '1.0.19', state: 'up to date'});
	t.true(builtBackup.registered.endsWith(`:5443/antpickax/k2hdkc-trove-backup, ${builtBackup.digest!.slice(0, 19)}`));
	t.regex(await readFile(path.join(builtBackup.directory, 'packages.cdx.json'), 'utf8'), /"python3-swiftclient"/);

	const again = await follow(both, () => undefined);
	t.deepEqual(worked(again.events), []);
	t.log(`again: ${again.seconds.toFixed(1)} s`);

	// Other programs under the same path.
	await writeFile(path.join(prefix, 'bin/k2hdkclinetool'), '#!/bin/sh\n', {mode: 0o755});
	t.regex((await facts(t)).state, /^out of date: it was made from other programs/);
	const other = await follow(up, () => undefined);
	t.is(other.code, 0, other.stderr);
	t.deepEqual(worked(other.events), ['images.database', 'images.database.check', 'images.database.push']);
	const pushed = await facts(t);
	t.is((await facts(t, 'backup')).state, 'out of date: it was made from other layers of the database image than there are now');
	t.not(pushed.registered, built.registered);

	// What breaks the contract is not pushed.
	const broken = await expect(t, 1, [...up, '--set', 'images.database.hooks=mkdir -m 777 /open']);
	t.regex(broken.stdout + broken.stderr, /K2D6009/);
	t.regex(broken.stdout + broken.stderr, /\/open may be written by everybody/);
	t.is((await facts(t)).registered, pushed.registered);
});

test.serial('packages in the directory are installed instead of a prefix, and those of another distribution are refused', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const packages = await mkdtemp(path.join(tmpdir(), 'k2hdkc-packages-'));
	t.teardown(async () => rm(packages, {recursive: true, force: true}));
	await packStandIns(packages);
	const words = ['--set', `sources.k2hdkc=directory:${packages}`, ...common];
	await expect(t, 0, ['images', 'build', 'database', ...words]);
	const {directory} = await facts(t, 'database', words);
	t.regex(await readFile(path.join(directory, 'packages.cdx.json'), 'utf8'), /pkg:deb\/debian\/chmpx@1\.0\.19-1/);
	t.regex(await readFile(path.join(directory, 'check.log'), 'utf8'), /k2hdkc-devstack\.package\.k2hdkc/);
	await writeFile(path.join(packages, 'chmpx-1.0.113-r0.apk'), '');
	const refused = await expect(t, 1, ['images', 'build', 'database', ...words]);
	t.regex(refused.stdout + refused.stderr, /K2D6021[^]*chmpx-1\.0\.113-r0\.apk, a package of another distribution/);
});

test.serial('a ready-made image is fetched by its digest, without a place of K2HDKC, and refused when it does not keep the contract', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const registry = `${await machineAddress()}:5443`;
	const digestOf = async (name: string): Promise<string> => {
		const {code, stdout, stderr} = await runCommand('skopeo', ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${registry}/${name}`]);
		t.is(code, 0, stderr);
		return stdout.trim();
	};

	const open = await facts(t, 'database', [...settings, '--set', 'images.database.hooks=mkdir -m 777 /open']);
	t.is((await runCommand('skopeo', ['copy', '--quiet', '--dest-tls-verify=false', `docker-archive:${open.directory}/image.tar`, `docker://${registry}/team/open:1`])).code, 0);
	const ready = async (name: string, tag: string): Promise<readonly string[]> =>
		[`images.database.from=${registry}/${name}@${await digestOf(`${name}:${tag}`)}`, `datastore.options.docker_insecure_registries=[${registry}]`, 'images.database.variant=debian'].flatMap(setting => ['--set', setting]);
	const refused = await expect(t, 1, ['images', 'build', 'database', ...await ready('team/open', '1')]);
	t.regex(refused.stdout + refused.stderr, /K2D6009[^]*\/open may be written by everybody/);
	const good = await ready('antpickax/k2hdkc-trove', '1.0.19');
	await expect(t, 0, ['images', 'build', 'database', ...good]);
	t.like(await facts(t, 'database', good), {name: 'antpickax/k2hdkc-trove', tag: '1.0.19', state: 'up to date'});
	const missing = await expect(t, 1, ['images', 'build', 'database', ...good, '--set', `images.database.from=${registry}/team/open@sha256:${'0'.repeat(64)}`]);
	t.regex(missing.stdout + missing.stderr, /K2D6020/);
});

/** Of the user `pusher` with the password `a password of a test`, by bcrypt. */
const account = 'pusher:$2y$04$abcdefghijklmnopqrstuuOHcODj1zZTfV0goukcOYqdthBrQvS1C';

/** A second registry in the machine, without TLS and with a login: one that is not the environment's. */
const startOtherRegistry = async (): Promise<void> => {
	await inside(`
mkdir -p /run/other-registry/data
printf '%s\\n' '${account}' > /run/other-registry/users
cat > /run/other-registry/config.yml <<'END'
version: 0.1
storage: {filesystem: {rootdirectory: /run/other-registry/data}}
http: {addr: 0.0.0.0:5444}
auth: {htpasswd: {realm: test, path: /run/other-registry/users}}
END
systemd-run --quiet --unit=other-registry docker-registry serve /run/other-registry/config.yml
for try in 1 2 3 4 5 6 7 8 9 10; do curl --silent --output /dev/null http://127.0.0.1:5444/v2/ && exit; sleep 0.5; done
exit 1
`);
};

test.serial('it goes to other registries too, with credentials, and takes no tag from another image', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await startOtherRegistry();
	t.teardown(async () => inside('systemctl stop other-registry; rm -rf /run/other-registry'));
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-push-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const file = path.join(directory, 'auth.json');
	const registry = `${await machineAddress()}:5444`;
	await writeFile(file, JSON.stringify({auths: {[registry]: {auth: Buffer.from('pusher:a password of a test').toString('base64')}}}), {mode: 0o600});
	const plain = ['--set', `datastore.options.docker_insecure_registries=[${registry}]`];
	const push = async (code: number, ...words: readonly string[]): Promise<string> => {
		const {stdout, stderr} = await expect(t, code, ['images', 'push', 'database', '--to', `${registry}/team/node`, ...settings, ...words]);
		return stdout + stderr;
	};

	t.regex(await push(1, '--credentials', file), /K2D6012[^]*HTTP response to HTTPS client/, 'without TLS only on request');
	t.regex(await push(1, ...plain), /K2D6012[^]*(?:unauthorized|authentication required)/);
	t.regex(await push(0, ...plain, '--credentials', file), new RegExp(`^${registry}/team/node:1\\.0\\.19: pushed \\(sha256:`));
	t.regex(await push(0, ...plain, '--credentials', file, '--latest'), /node:1\.0\.19: was there \(sha256:[^]*node:latest: pushed \(sha256:/);

	const base = ['--set', 'datastore.versions=[{name: "1.0.19", active: true, imageTags: []}]', '--set', 'images.database.hooks=true'];
	t.regex(await push(1, ...plain, ...base, '--credentials', file), /K2D6010/, 'not built');
	t.is((await expect(t, 0, ['images', 'build', 'database', ...settings, ...base])).code, 0);
	t.regex(await push(1, ...plain, ...base, '--credentials', file), /K2D6011[^]*team\/node:1\.0\.19 is another image/);
	t.regex(await push(1, ...plain, ...base, '--credentials', file, '--latest'), /K2D6011/);
	t.regex(await push(0, ...plain, ...base, '--credentials', file, '--latest', '--overwrite'), /1\.0\.19: overwritten [^]*latest: overwritten \(sha256:/);
	t.is(await inside('ls /run/other-registry/data/docker/registry/v2/repositories/team/node/_manifests/tags'), '1.0.19\nlatest\n');
});

test.serial('without a place where K2HDKC comes from it is left out, and that is said', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {stdout, stderr} = await expect(t, 1, ['images', 'build', 'database']);
	t.regex(stdout + stderr, /K2D6008/);
	t.regex((await expect(t, 0, ['images', 'list'])).stdout, /database .* left out: sources\.k2hdkc[^]*backup .* left out: sources\.k2hdkc/);
	const {stdout: status} = await expect(t, 0, ['status', '--set', 'components.images=true']);
	t.regex(status, /database image +no distribution has the programs of K2HDKC[^]*backup image +no distribution/);
});
