import {Buffer} from 'node:buffer';
import {mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {parseAddresses} from '../../../scripts/stages/addresses.js';
import {publishArchive} from '../../fixtures/debianArchive.js';
import {runCommand} from '../../helpers/runCommand.js';
import {serveDirectory} from '../../helpers/serveDirectory.js';
import type {Cloud} from './cloud.js';
import {inGuest} from './machine.js';
import type {RingPlace} from './ringClient.js';
import {openServers, until} from './servers.js';
import {packSlaveStandIns} from './standInPackages.js';
import {document, expect, paths} from './tool.js';

/** What a user asks to have installed. */
const wanted = new Set(['chmpx', 'k2hdkc', 'k2hr3-get-resource']);

/** Packages of a slave node, with what they need beyond the guest image: those in the directory that TEST_K2HDKC_PACKAGES names, otherwise STAND-INS. */
const fillArchive = async (archive: string): Promise<void> => {
	const real = process.env.TEST_K2HDKC_PACKAGES;
	if (real === undefined) {
		await packSlaveStandIns(archive);
		return;
	}

	for (const file of await readdir(real)) {
		await symlink(path.join(path.resolve(real), file), path.join(archive, file));
	}
};

const versionsIn = async (archive: string): Promise<string> => {
	const {stdout} = await runCommand('sh', ['-c', 'for package in *.deb; do dpkg-deb --show --showformat=\'${Package}=${Version}\\n\' "$package"; done'], {cwd: archive});
	return stdout.split('\n').filter(line => wanted.has(line.split('=')[0]!)).join(',');
};

/** Words that name a signed repository of those packages, which is served where servers of the environment reach it. */
const openRepository = async (t: ExecutionContext): Promise<readonly string[]> => {
	const archive = await mkdtemp(path.join(tmpdir(), 'k2hdkc-archive-'));
	t.teardown(async () => rm(archive, {recursive: true, force: true}));
	await fillArchive(archive);
	const key = path.join(archive, 'key.asc');
	await writeFile(key, await publishArchive(archive, 'trixie'));
	const {host} = parseAddresses(await readFile(path.join((await paths()).environment, 'addresses.json'), 'utf8'))!;
	const url = await serveDirectory(t, archive, host);
	return ['sources.baseImages.debian=docker.io/library/debian:trixie', `sources.k2hdkc=packages:${await versionsIn(archive)}`, `sources.k2hdkcRepository.entry=deb ${url}/ trixie main`, `sources.k2hdkcRepository.keyFile=${key}`].flatMap(setting => ['--set', setting]);
};

/** A server of the user's that was given what `k2hr3 slave` prints, and nothing else. */
export type SlaveServer = {
	readonly id: string;
	/** How many server nodes its configuration lists. */
	readonly nodes: () => Promise<number>;
	/** What chmpxstatus says of its own node. */
	readonly status: () => Promise<string>;
	/** Ends its node and takes it away: nodes of a ring that is restarted wait for a slave that vanished without a word. */
	readonly remove: () => Promise<void>;
};

/** Starts it, and waits until its first boot is over. */
export const openSlaveServer = async (t: ExecutionContext, demo: Cloud, {ring, image, network, words}: RingPlace): Promise<SlaveServer> => {
	const servers = openServers(demo);
	const {userData} = document<{userData: string}>(await expect(t, 0, ['k2hr3', 'slave', ring, '--project', 'demo', '--json', ...words, ...await openRepository(t)]));
	const id = await servers.create({name: 'slave', imageRef: image, flavorRef: 'd2', networks: [{uuid: network}], security_groups: [{name: 'k2hdkc-slave-sec'}], user_data: Buffer.from(userData).toString('base64')});
	await servers.settled(id, 'ACTIVE');
	const ended = await until('the first boot of the slave is over', async () => {
		const word = await inGuest(id, 'cloud-init status || :').catch(() => '');
		return /status: (?:done|error|degraded)/.test(word) ? word : undefined;
	});
	t.regex(ended, /status: done/, await inGuest(id, 'cloud-init status --long || :; tail -n 50 /var/log/cloud-init-output.log'));
	return {
		id,
		nodes: async () => Number(await inGuest(id, String.raw`grep -c "^\[SVRNODE\]" /etc/antpickax/k2hdkc.ini || :`)),
		status: async () => inGuest(id, 'chmpxstatus -conf /etc/antpickax/k2hdkc.ini -self || :'),
		async remove() {
			await inGuest(id, 'systemctl stop chmpx');
			await servers.remove(id);
		},
	};
};
