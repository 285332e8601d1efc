import {cp, mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {loadConfig} from '../../../scripts/config/load.js';
import {parseTroveSource} from '../../../scripts/config/troveSource.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {proxyEnvironment} from '../../../scripts/sources/proxyEnvironment.js';
import {fetchTrove} from '../../../scripts/sources/trove.js';
import {sshMachineNeeds} from '../../fixtures/sshMachine.js';
import {needs} from '../../helpers/needs.js';
import {createDevstackMachine, differences, lookAtMachine, on, type DevstackMachine} from '../support/devstackMachine.js';
import {installStandIns} from '../support/standIns.js';
import {document} from '../support/tool.js';

type Listed = {readonly image: string; readonly digest?: string; readonly reference?: string; readonly state: string; readonly files: ReadonlyArray<{readonly file: string; readonly bytes: number}>};

const release = '2026.1';

/** Debian's packages leave these when they are purged. */
const leftByPackages = /^\/var\/lib\/(?:machines|portables)$|^(?:docker-registry|rdma):/;

/** Trove's source, put into the machine: the mirror of the distribution is all that it reaches. */
const bringTrove = async (t: ExecutionContext, root: string): Promise<void> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-trove-source-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const {config} = loadConfig({flags: {}, cwd: '/', env: {}});
	const access = {machine: createLocalMachine(), debian: config.sources.debian, python: config.sources.python, env: proxyEnvironment(config.proxy)};
	const tree = await fetchTrove(parseTroveSource(config.sources.trove[release])!, directory, access);
	await cp(tree.root, path.join(root, 'srv/trove-source'), {recursive: true});
};

/** STAND-INS for the programs of K2HDKC. */
const bringK2hdkc = async (root: string): Promise<void> => {
	await mkdir(path.join(root, 'srv/k2hdkc'));
	await installStandIns(path.join(root, 'srv/k2hdkc'));
};

/** What the stand-in for Glance has. */
const glance = async (machine: DevstackMachine) =>
	JSON.parse(await machine.must('cat /opt/stack/data/glance.json')) as ReadonlyArray<{readonly id: string; readonly tags: readonly string[]; readonly size: number; readonly disk_format: string; readonly visibility: string}>;

const listed = async (t: ExecutionContext, machine: DevstackMachine): Promise<readonly Listed[]> =>
	document<{readonly images: readonly Listed[]}>(await on(t, machine, 0, ['images', 'list', '--json'])).images;

const inPlace = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const images = await listed(t, machine);
	const registry = '172.24.4.1:5443/antpickax';
	t.deepEqual(images.map(({image, reference, state}) => [image, reference, state]), [
		['guest', 'Glance image-1', 'up to date'],
		['database', `${registry}/k2hdkc-trove:1.0.19`, 'up to date'],
		['backup', `${registry}/k2hdkc-trove-backup:1.0.19`, 'up to date'],
	]);
	const {bytes} = images[0]!.files.find(({file}) => file === 'disk.qcow2')!;
	t.like((await glance(machine))[0], {id: 'image-1', tags: ['k2hdkc', 'trove'], size: bytes, disk_format: 'qcow2', visibility: 'public'});
	t.regex((await on(t, machine, 0, ['up'])).stderr, /Everything is in place and verified/);
};

const isTold = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const {stdout} = await on(t, machine, 0, ['status']);
	for (const line of [/guest +Glance image-1 +sha256:[\da-f]{64}/, /database +172\.24\.4\.1:5443\/antpickax\/k2hdkc-trove:1\.0\.19 +sha256:[\da-f]{64}/]) {
		t.regex(stdout, line);
	}

	const conf = await machine.must('cat /opt/stack/devstack/local.conf');
	for (const line of ['TROVE_DATABASE_IMAGE_K2HDKC=172.24.4.1:5443/antpickax/k2hdkc-trove', 'TROVE_INSECURE_DOCKER_REGISTRIES=172.24.4.1:5443']) {
		t.true(conf.split('\n').includes(line), line);
	}

	// Guests reach it by that bridge. It listens nowhere else.
	const listening = await machine.must('ss --no-header --listening --tcp --numeric --processes | grep registry');
	t.deepEqual(listening.trim().split('\n').map(line => line.split(/\s+/)[3]), ['172.24.4.1:5443']);
};

/** What somebody removed is put there again, and nothing is built for it. */
const comesBack = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	await machine.must('echo "[]" >/opt/stack/data/glance.json; systemctl stop k2hdkc-devstack-registry; rm -r /var/lib/k2hdkc-devstack-registry/docker');
	t.deepEqual((await listed(t, machine)).map(({reference}) => reference), [undefined, undefined, undefined]);
	await on(t, machine, 0, ['up']);
	await inPlace(t, machine);
};

test.serial('images are built beside stack.sh, proved, put where guests find them, and go', async t => {
	if (!await needs(t, sshMachineNeeds)) {
		return;
	}

	t.timeout(45 * 60 * 1000);
	const store = await mkdtemp('/var/tmp/k2hdkc-devstack-store-');
	t.teardown(async () => rm(store, {recursive: true, force: true}));
	// The cache has a path as long as the default's: lists of layers are longer than what some calls for mounts take.
	const machine = await createDevstackMachine(t, {
		suite: 'trixie', release, prefix: '10.218.3', directories: {'/srv/store': store},
		set: [
			'sources.trove={"2026.1": "directory:/srv/trove-source"}', 'sources.k2hdkc=directory:/srv/k2hdkc', 'images.database.variant=debian', 'images.database.extraPackages=nodejs',
			'paths.cache=/srv/store/var/cache/k2hdkc-devstack', 'timeouts.scale=3',
		],
	});
	await bringTrove(t, machine.root);
	await bringK2hdkc(machine.root);
	// Apt names its mirrors when it has asked them once.
	await machine.must('apt-get --quiet update');
	const before = await lookAtMachine(machine);
	await on(t, machine, 0, ['up', '--yes']);
	await inPlace(t, machine);
	await isTold(t, machine);
	await comesBack(t, machine);
	await on(t, machine, 0, ['down', '--depth', 'everything', '--yes']);
	// The directories of all states, which are those of this suite.
	await machine.must('rmdir /var/lib/k2hdkc-devstack/* /var/lib/k2hdkc-devstack');
	t.is(await machine.must('find /srv/store -mindepth 1 ! -type d'), '');
	const {gone, added} = differences(before, await lookAtMachine(machine));
	t.deepEqual([...gone, ...added.filter(line => !leftByPackages.test(line))], []);
});
