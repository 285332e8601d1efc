import type {Config} from '../../config/schema.js';
import type {Machine} from '../../machines/types.js';
import type {Step} from '../../pipeline/types.js';
import type {ImageEnv} from '../imageEnv.js';
import {leftForOthers} from '../shared.js';
import {aptWaiting} from './aptDownload.js';

/** Programs of the host that the sandbox stands on, by Debian package. */
export const hostPackages = ['mmdebstrap', 'systemd-container', 'debian-archive-keyring', 'arch-test', 'iproute2', 'nftables', 'curl', 'util-linux'] as const;

/** Seconds to wait for another apt, for each try. */
const lockPatience = 100;

const apt = ({timeouts}: Config): string[] =>
	['apt-get', '--yes', '--option', `DPkg::Lock::Timeout=${Math.ceil(lockPatience * timeouts.scale)}`, '--option', 'Dpkg::Use-Pty=0'];

/** Installed ones among the packages, from dpkg's own list. */
const installed = async (host: Machine, names: readonly string[]): Promise<string[]> => {
	const format = ['db:Status-Status', 'Package'].map(field => `\${${field}}`).join(' ');
	const {stdout} = await host.run(['dpkg-query', '--show', '--showformat', `${format}\n`, ...names], {allow: 'any'});
	return stdout.split('\n').filter(line => line.startsWith('installed ')).map(line => line.slice('installed '.length));
};

type Wanted<T extends ImageEnv> = Pick<Step<T>, 'id' | 'stage' | 'title' | 'needs'> & {
	readonly packages: readonly string[];
	/**
	 * Packages besides that depend on what is found on the host, and a phrase that says why these. The probe asks for them and they are no input:
	 * where others are wanted now and are there, nothing is to be done.
	 */
	readonly found?: (env: T) => {readonly packages: readonly string[]; readonly reason: string};
	/** File of the state directory with what was added. */
	readonly record: string;
	/** Units of the packages that are not to run by themselves. */
	readonly masked?: readonly string[];
};

/** Groups that packages make and leave when they are purged, by package. */
const groupsLeft = {libibverbs1: 'rdma'} as const;

const groupMark = 'group:';

/** Adds to the record what apt is about to install, and which group comes with it. Where nothing is added there is no record, as there is nothing to take back. */
const addedScript = (record: string, packages: readonly string[]): string => `
added=$({ cat '${record}' 2>/dev/null || true; apt-get --simulate --no-install-recommends --no-upgrade install ${packages.join(' ')} | sed -n 's/^Inst \\([^ ]*\\) (.*/\\1/p'; } | sort -u)
[ -n "$added" ] || exit 0
${Object.entries(groupsLeft).map(([name, group]) => `if echo "$added" | grep -qx ${name} && ! getent group ${group} >/dev/null; then added=$(echo "$added"; echo ${groupMark}${group}); fi`).join('\n')}
mkdir -p "$(dirname '${record}')"
printf '%s\\n' "$added" >'${record}.new'
mv -f '${record}.new' '${record}'
`;

/** The packages that a list in the state directory names, and the groups. */
const addedBy = async ({host, config}: ImageEnv, record: string): Promise<{readonly packages: readonly string[]; readonly groups: readonly string[]}> => {
	const names = (await host.read(`${config.paths.state}/${record}`))?.split('\n').filter(name => name !== '') ?? [];
	return {
		packages: names.filter(name => !name.startsWith(groupMark)),
		groups: names.filter(name => name.startsWith(groupMark)).map(name => name.slice(groupMark.length)),
	};
};

/** What `groupdel` ends with when there is no such group. */
const noSuchGroup = 6;

/**
 * Installs programs on the host. Which packages came with the tool is written before they are installed: a list in the state directory
 * is what `down` goes by.
 */
export const hostPackagesStep = <T extends ImageEnv = ImageEnv>({packages: always, found, record, masked = [], ...step}: Wanted<T>): Step<T> => ({
	...step,
	inputs: () => ({packages: always}),
	reaches: () => ['the mirror of the host\'s own apt'],
	namedByInputs: true,
	async probe({env}) {
		const more = found?.(env);
		const packages = [...always, ...more?.packages ?? []];
		const have = await installed(env.host, packages);
		const missing = packages.filter(name => !have.includes(name));
		const reason = more === undefined ? '' : `; ${more.reason}`;
		return missing.length === 0
			? {state: 'present', evidence: `dpkg lists ${packages.join(', ')} as installed${reason}`}
			: {state: 'absent', evidence: `not installed: ${missing.join(', ')}${reason}`};
	},
	async apply({env, job, progress}) {
		const {host, config} = env;
		const packages = [...always, ...found?.(env).packages ?? []];
		progress.say('updating package lists');
		await job(host, [...apt(config), 'update']);
		await host.script(addedScript(`${config.paths.state}/${record}`, packages));
		if (masked.length > 0) {
			await host.run(['systemctl', 'mask', '--quiet', ...masked]);
		}

		progress.say('installing');
		await job(host, [...apt(config), 'install', '--no-install-recommends', '--no-upgrade', ...packages], {env: {DEBIAN_FRONTEND: 'noninteractive'}});
	},
	undo: {
		depth: 'everything',
		async left(env) {
			return (await addedBy(env, record)).packages.length === 0 ? 'was there before this tool and is left alone' : leftForOthers(env);
		},
		async undo({env, job}) {
			const {host, config} = env;
			const {packages, groups} = await addedBy(env, record);
			const present = await installed(host, packages);
			if (present.length > 0) {
				await job(host, [...apt(config), 'purge', ...present], {env: {DEBIAN_FRONTEND: 'noninteractive'}});
			}

			for (const group of groups) {
				await host.run(['groupdel', group], {allow: [0, noSuchGroup]});
			}

			if (masked.length > 0) {
				await host.run(['systemctl', 'unmask', '--quiet', ...masked]);
			}

			await host.run(['rm', '-f', '--', ...['', '.new'].map(end => `${config.paths.state}/${record}${end}`)]);
		},
	},
	own: true,
	timeout: 900,
	idleTimeout: 330,
	waiting: aptWaiting,
	expected: 25,
	retry: {attempts: 3, delay: 5},
});

/** Of the first packages that came with the tool. */
export const hostRecord = 'added-packages';

export const installHostPackages = hostPackagesStep({
	id: 'host.packages',
	stage: 'machine',
	title: 'Programs of the host that make and run the sandbox',
	needs: [],
	packages: hostPackages,
	record: hostRecord,
});

export const installImageTools = hostPackagesStep({
	id: 'images.tools',
	stage: 'images',
	title: 'Programs of the host that make disk images and boot them, and container images',
	// One apt after the other: they would only wait for each other's lock.
	needs: ['host.packages'],
	packages: ['fdisk', 'e2fsprogs', 'qemu-utils', 'grub-common', 'grub-pc-bin', 'qemu-system-x86', 'skopeo', 'openssl'],
	found: ({builder: {builder, reason}}) => ({packages: builder.packages, reason: `container images by ${reason}`}),
	record: 'added-image-tools',
});
