import type {Config} from '../../config/schema.js';
import type {Machine} from '../../machines/types.js';
import type {SandboxStep} from '../sandboxEnv.js';
import {refuseWhileShared} from '../shared.js';
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

/** Which packages came with the tool is written before they are installed: a list in /var/lib is what `down` goes by. */
const recordFile = (state: string): string => `${state}/added-packages`;

const addedScript = (record: string): string => `
mkdir -p "$(dirname '${record}')"
apt-get --simulate --no-install-recommends --no-upgrade install ${hostPackages.join(' ')} | sed -n 's/^Inst \\([^ ]*\\) (.*/\\1/p' | sort -u > '${record}.new'
touch '${record}'
sort -u -o '${record}.new' '${record}' '${record}.new'
mv -f '${record}.new' '${record}'
`;

export const installHostPackages: SandboxStep = {
	id: 'host.packages',
	stage: 'machine',
	title: 'Programs of the host that make and run the sandbox',
	needs: [],
	inputs: () => ({packages: hostPackages}),
	async probe({env: {host}}) {
		const have = await installed(host, hostPackages);
		const missing = hostPackages.filter(name => !have.includes(name));
		return missing.length === 0
			? {state: 'present', evidence: `dpkg lists ${hostPackages.join(', ')} as installed`}
			: {state: 'absent', evidence: `not installed: ${missing.join(', ')}`};
	},
	async apply({env: {host, config}, job, progress}) {
		progress.say('updating package lists');
		await job(host, [...apt(config), 'update']);
		await host.script(addedScript(recordFile(config.paths.state)));
		progress.say('installing');
		await job(host, [...apt(config), 'install', '--no-install-recommends', '--no-upgrade', ...hostPackages], {env: {DEBIAN_FRONTEND: 'noninteractive'}});
	},
	undo: {
		depth: 'everything',
		async undo({env, job}) {
			const {host, config} = env;
			const record = recordFile(config.paths.state);
			const added = (await host.read(record))?.split('\n').filter(name => name !== '') ?? [];
			await refuseWhileShared(env, 'the programs of the host');
			const present = await installed(host, added);
			if (present.length > 0) {
				await job(host, [...apt(config), 'purge', ...present], {env: {DEBIAN_FRONTEND: 'noninteractive'}});
			}

			await host.run(['rm', '-f', '--', record]);
		},
	},
	timeout: 900,
	idleTimeout: 330,
	waiting: aptWaiting,
	expected: 25,
	retry: {attempts: 3, delay: 5},
};
