import {createHash} from 'node:crypto';
import {mkdir, readdir, readFile, readlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {runCommand} from '../../helpers/runCommand.js';

/** What of a host an environment could change; each part a sorted list of lines. */
export type HostSnapshot = Readonly<Record<string, readonly string[]>>;

/** Written by the first file of tests, compared by the last. */
const file = path.join(tmpdir(), 'k2hdkc-devstack-e2e', 'before.json');

const linesOf = async (command: string, ...args: readonly string[]): Promise<string[]> =>
	(await runCommand(command, args)).stdout.split('\n').map(line => line.trim()).filter(line => line !== '').toSorted();

/** Caches of dpkg's triggers and of the linker change with any package, and change back only in meaning; what ends in a dash is what a list of users was before. */
const volatile = /^\/etc\/(?:ld\.so\.cache|resolv\.conf|mtab|(?:passwd|group|shadow|gshadow)-)$/;

const filesOf = async (directory: string): Promise<string[]> => {
	const entries = await readdir(directory, {recursive: true, withFileTypes: true});
	const lines = await Promise.all(entries.map(async entry => {
		const place = path.join(entry.parentPath, entry.name);
		if (entry.isSymbolicLink()) {
			return `${place} -> ${await readlink(place)}`;
		}

		return entry.isFile() ? `${place} ${createHash('sha256').update(await readFile(place)).digest('hex')}` : place;
	}));
	return lines.filter(line => !volatile.test(line.split(' ')[0]!)).toSorted();
};

/** Machines of ours, and whatever else the tool started and left. */
const processes = async (): Promise<string[]> => {
	const lines = await linesOf('ps', '-e', '-o', 'args=');
	return lines.filter(line => /systemd-nspawn|k2hdkc-devstack|\bnsenter\b|mmdebstrap/.test(line) && !/ava|test\/(?:runner|e2e)|npm/.test(line));
};

const cgroups = async (): Promise<string[]> => {
	const names = await linesOf('find', '/sys/fs/cgroup', '-maxdepth', '2', '-type', 'd');
	return names.filter(name => name.includes('k2hdkc'));
};

const directories = async (places: readonly string[]): Promise<string[]> => {
	const found = await Promise.all(places.map(async place => linesOf('find', place, '-maxdepth', '2')));
	return found.flat();
};

/** Looks at the host. `places`: the tool's own directories. */
export const takeSnapshot = async (places: readonly string[]): Promise<HostSnapshot> => ({
	packages: await linesOf('dpkg-query', '--show', '--showformat', '${db:Status-Status} ${Package}\n'),
	namespaces: (await linesOf('ip', 'netns', 'list')).map(line => line.split(' ')[0]!),
	links: (await linesOf('ip', '-brief', 'link')).map(line => line.split(/[ @]/)[0]!),
	routes: (await linesOf('ip', 'route', 'show', 'table', 'all')).map(line => line.replace(/ (?:proto|expires|linkdown).*/, '')),
	// Counters of rules go on counting.
	firewall: (await linesOf('nft', 'list', 'ruleset')).map(line => line.replace(/packets \d+ bytes \d+/, '')),
	mounts: (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map(line => line.split(' ')[4] ?? '').filter(Boolean).toSorted(),
	sysctls: await linesOf('sysctl', 'net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding', 'net.bridge', 'fs.mqueue'),
	users: await linesOf('getent', 'passwd'),
	processes: await processes(),
	cgroups: await cgroups(),
	directories: await directories(places),
	etc: await filesOf('/etc'),
});

export type Difference = {readonly part: string; readonly gone: readonly string[]; readonly added: readonly string[]};

export const compare = (before: HostSnapshot, after: HostSnapshot): readonly Difference[] => Object.keys(before).flatMap(part => {
	const [then, now] = [before[part] ?? [], after[part] ?? []];
	const gone = then.filter(line => !now.includes(line));
	const added = now.filter(line => !then.includes(line));
	return gone.length + added.length > 0 ? [{part, gone, added}] : [];
});

export const keepSnapshot = async (snapshot: HostSnapshot): Promise<void> => {
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, JSON.stringify(snapshot));
};

/** The kept one; undefined when none was kept. */
export const keptSnapshot = async (): Promise<HostSnapshot | undefined> => {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as HostSnapshot;
	} catch {
		return undefined;
	}
};
