import {quote} from '../../machines/quote.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {aptWaiting, downloadScript} from './aptDownload.js';
import {debianMirror, debianSources} from './debianSources.js';
import {rootDirectory} from './root.js';

/** Debian packages that a component adds to those of the machine's root. */
export type MachinePackages = {
	/** First part of the steps' ids: `NAME.download`, `NAME.packages`. */
	readonly name: string;
	/** What the packages are of, as it stands in a sentence: `the dashboard`. */
	readonly of: string;
	readonly packages: readonly string[];
	/** Seconds that downloading and installing take. */
	readonly expected: {readonly download: number; readonly install: number};
};

/** In the cache, beside the root whose packages they complete. */
const archives = (env: SandboxEnv, {name}: MachinePackages): string => `${rootDirectory(env)}.${name}`;

/** Where Debian's own package puts the keys of its archive. */
const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The packages and what they need, in the cache of the host. */
export const downloadPackages = (wanted: MachinePackages): SandboxStep => ({
	id: `${wanted.name}.download`,
	stage: 'sources',
	title: `Packages of ${wanted.of}, downloaded`,
	needs: ['sandbox.root'],
	inputs: env => ({root: rootDirectory(env), packages: wanted.packages}),
	reaches: () => [debianMirror],
	async probe({env}) {
		const directory = archives(env, wanted);
		const {stdout} = await env.host.script(`cd ${quote(directory)} 2>/dev/null || exit 0\ncat .complete 2>/dev/null || echo 0\nls | wc -l\n`);
		const [complete = '', there = ''] = stdout.trim().split(/\s+/);
		if (complete === '') {
			return {state: 'absent', evidence: `${directory} is not there`};
		}

		return complete === there
			? {state: 'present', evidence: `${directory} holds ${there} packages`}
			: {state: 'broken', evidence: `${directory} holds ${there} packages instead of ${complete}`};
	},
	async apply({env, job}) {
		const directory = archives(env, wanted);
		const {lines, aptOptions} = await debianSources(env);
		const input = downloadScript({
			packages: wanted.packages, root: rootDirectory(env), sources: lines, options: aptOptions,
			keyring: env.config.sources.debian.keyring ?? debianKeyring, target: directory, work: `${directory}.${env.config.name}.partial`,
		});
		await job(env.host, ['sh', '-eu'], {input});
	},
	undo: {nothingLeft: 'They lie beside the cached root file system and go with it.'},
	timeout: 1800,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: wanted.expected.download,
	retry: {attempts: 2, delay: 10},
});

/** Where the packages lie in the machine while they are installed. */
const inside = ({name}: MachinePackages): string => `/var/cache/k2hdkc-devstack/${name}`;

/**
 * No service of a package starts unconfigured. Installations come one after the other: the first to end would take the rule away that
 * keeps the services of the next from starting. What an earlier try left half done is finished first; when that needs packages
 * that were not unpacked yet, the installation brings them.
 */
const installScript = (wanted: MachinePackages): string => `
exec 9> /run/lock/k2hdkc-devstack-packages
flock --timeout 600 9 || { echo 'Other packages are still being installed after 600 s.' >&2; exit 1; }
cd ${quote(inside(wanted))}
trap 'rm -f /usr/sbin/policy-rc.d' EXIT
trap 'exit 1' HUP INT TERM
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive
dpkg --configure --pending || true
apt-get --yes --option DPkg::Lock::Timeout=100 --option Dpkg::Use-Pty=0 install "$PWD"/*.deb
cd /
rm -rf ${quote(inside(wanted))}
`;

/** The packages, installed in the running machine. It needs no network for that: they come from the host's cache by its disk. */
export const installPackages = (wanted: MachinePackages): SandboxStep => ({
	id: `${wanted.name}.packages`,
	stage: 'control-plane',
	title: `Packages of ${wanted.of}, in the machine`,
	needs: ['sandbox.machine', `${wanted.name}.download`],
	inputs: () => ({packages: wanted.packages}),
	async probe({env: {machine}}) {
		const format = ['db:Status-Status', 'Package'].map(field => `\${${field}}`).join(' ');
		const {stdout} = await machine.run(['dpkg-query', '--show', '--showformat', `${format}\n`, ...wanted.packages], {allow: 'any'});
		const states = new Map(stdout.trim().split('\n').map(line => line.split(' ').toReversed() as [string, string]));
		const missing = wanted.packages.filter(name => states.get(name) !== 'installed');
		if (missing.length === 0) {
			return {state: 'present', evidence: `dpkg of the machine lists ${wanted.packages.join(', ')} as installed`};
		}

		return {state: missing.length === wanted.packages.length ? 'absent' : 'broken', evidence: `not installed in the machine: ${missing.join(', ')}`};
	},
	async apply({env, job}) {
		const place = quote(`${env.paths.root}${inside(wanted)}`);
		await env.host.script(`rm -rf ${place}\nmkdir -p ${place}\ncp ${quote(archives(env, wanted))}/*.deb ${place}/\n`, {timeout: 300});
		await job(env.machine, ['sh', '-eu'], {input: installScript(wanted)});
	},
	undo: {nothingLeft: 'They lie on the disk of the sandbox machine and go with it.'},
	timeout: 1500,
	// It may wait for others in silence.
	idleTimeout: 700,
	expected: wanted.expected.install,
});
