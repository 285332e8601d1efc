import type {Check} from '../commands/environment.js';
import {request} from '../openstack/api.js';
import {fail, pass, warn} from './checkResult.js';
import {guestsCheck} from './guests/kernel.js';
import {builderCheck} from './images/containers/builders/check.js';
import {hostPackages} from './machine/hostPackages.js';
import {findMachine} from './machine/nspawn.js';
import type {SandboxEnv} from './sandboxEnv.js';
import {authority, guestMirror, mirror} from './sourceChecks.js';

const user = ({host}: SandboxEnv): Check => ({
	id: 'root', title: 'Right to build', stage: 'machine',
	async run() {
		const id = (await host.run(['id', '-u'])).stdout.trim();
		return id === '0' ? pass('commands run as root') : fail('K2D3002', `commands run as user ${id}`, 'Run the tool as root (sudo -i), or log in as root: --machine ssh://root@HOST.');
	},
});

const distribution = ({host}: SandboxEnv): Check => ({
	id: 'distribution', title: 'Distribution', stage: 'machine',
	async run() {
		const {stdout} = await host.script('. /etc/os-release; printf "%s|%s|" "$ID" "$PRETTY_NAME"; dpkg --print-architecture 2>/dev/null || uname -m');
		const [id, name, architecture] = stdout.trim().split('|');
		if (id !== 'debian') {
			return fail('K2D3009', `the host runs ${name}`, 'The sandbox is made on Debian. Use a Debian 12 or 13 host, here or with --machine ssh://root@HOST.');
		}

		return architecture === 'amd64' || architecture === 'arm64' ? pass(`${name}, ${architecture}`) : warn(`${name} on ${architecture}`, 'Only amd64 has been tried.');
	},
});

const memory = ({host, config, machineName, paths}: SandboxEnv): Check => ({
	id: 'memory', title: 'Memory', stage: 'control-plane',
	async run() {
		if (await findMachine(host, machineName, paths.root)) {
			return pass('the sandbox machine runs already');
		}

		const {stdout} = await host.run(['cat', '/proc/meminfo']);
		const available = Math.floor(Number(/^MemAvailable:\s+(\d+)/m.exec(stdout)?.[1] ?? 0) / 1024);
		const {memoryMiB} = config.sandbox.minimum;
		return available >= memoryMiB ? pass(`${available} MiB available, ${memoryMiB} needed`) : fail('K2D3003', `${available} MiB available, ${memoryMiB} needed`, 'Stop other programs or use a larger machine.');
	},
});

const disk = ({host, config, paths}: SandboxEnv): Check => ({
	id: 'disk', title: 'Disk space', stage: 'sources',
	async run() {
		const built = (await host.run(['test', '-d', paths.disk], {allow: [0, 1]})).code === 0;
		const needed = built ? 1024 : config.sandbox.minimum.diskMiB;
		const {stdout} = await host.script(`for directory in '${config.paths.state}' '${config.paths.cache}'; do while [ ! -d "$directory" ]; do directory=$(dirname "$directory"); done; df --output=avail,target --block-size=1M "$directory" | tail -n 1; done`);
		const worst = stdout.trim().split('\n').map(line => line.trim().split(/\s+/)).find(([available]) => Number(available) < needed);
		return worst ? fail('K2D3004', `${worst[0]} MiB free on ${worst[1]}, ${needed} needed`, 'Free some space, or put paths.state and paths.cache on another file system.') : pass(`at least ${needed} MiB free`);
	},
});

const writable = ({host, config}: SandboxEnv): Check => ({
	id: 'directories', title: 'Directories of the tool', stage: 'machine',
	async run() {
		const {stdout} = await host.script(`for directory in '${config.paths.state}' '${config.paths.cache}'; do while [ ! -e "$directory" ]; do directory=$(dirname "$directory"); done; [ -d "$directory" ] && [ -w "$directory" ] && { [ "$(stat --file-system --format=%T "$directory")" != tmpfs ] || true; } || echo "$directory"; done`);
		const bad = stdout.trim().split('\n').filter(line => line !== '');
		return bad.length === 0 ? pass(`${config.paths.state} and ${config.paths.cache} can be written`) : fail('K2D3008', `${bad.join(', ')} cannot be written`, 'Change its rights, or set paths.state and paths.cache.');
	},
});

const kernel = ({host}: SandboxEnv): Check => ({
	id: 'kernel', title: 'Kernel features', stage: 'machine',
	async run() {
		// Features may be modules that load on use; what counts is whether the kernel can have them.
		const {stdout} = await host.script(`
grep -qw overlay /proc/filesystems || modprobe --dry-run overlay 2>/dev/null || echo 'overlay file system'
for name in net mnt pid ipc uts; do [ -e /proc/self/ns/$name ] || echo "$name namespaces"; done
grep -q . /proc/net/netlink 2>/dev/null || echo netlink
`);
		const missing = stdout.trim().split('\n').filter(line => line !== '');
		return missing.length === 0 ? pass('overlay, namespaces and netlink are there') : fail('K2D3010', `the kernel lacks ${missing.join(', ')}`, 'Use a kernel of Debian, or a machine that is not itself a restricted container.');
	},
});

const programs = ({host}: SandboxEnv): Check => ({
	id: 'programs', title: 'Programs of the host', stage: 'machine',
	async run() {
		const apt = await host.run(['sh', '-c', 'command -v apt-get && command -v dpkg-query'], {allow: [0, 1, 127]});
		if (apt.code !== 0) {
			return fail('K2D3005', 'apt-get is not there', 'Use a Debian host.');
		}

		const {stdout} = await host.script('for name in mmdebstrap systemd-nspawn ip nft nsenter curl; do command -v $name >/dev/null || echo $name; done');
		const missing = stdout.trim().split('\n').filter(line => line !== '');
		return pass(missing.length === 0 ? 'all there' : `${missing.join(', ')} not there yet: \`up\` installs ${hostPackages.join(', ')}`);
	},
});

const names = ({host, machineName, linkName, paths}: SandboxEnv): Check => ({
	id: 'names', title: 'Names on the host', stage: 'machine',
	async run() {
		const ours = (await host.run(['test', '-e', paths.addresses], {allow: [0, 1]})).code === 0;
		if (ours) {
			return pass(`${machineName} belongs to this environment`);
		}

		const {stdout} = await host.script(`ip link show '${linkName}' >/dev/null 2>&1 && echo 'network interface ${linkName}'\n[ -e '/run/netns/${machineName}' ] && echo 'network namespace ${machineName}'\ntrue\n`);
		const taken = stdout.trim().split('\n').filter(line => line !== '');
		const running = await findMachine(host, machineName);
		const all = [...taken, ...(running ? [`nspawn machine ${machineName}`] : [])];
		return all.length === 0 ? pass(`${machineName} and ${linkName} are free`) : fail('K2D3007', `${all.join(' and ')} in use by something else`, 'Choose another environment name with --name, or remove what holds the name.');
	},
});

const clock = ({host}: SandboxEnv): Check => ({
	id: 'clock', title: 'Clock', stage: 'sources',
	async run() {
		const {stdout} = await host.run(['date', '+%s']);
		const offset = Math.round(Math.abs((Date.now() / 1000) - Number(stdout)));
		return offset < 60 ? pass('agrees with this machine') : warn(`differs from this machine by ${offset} s`, 'Set the clock (timedatectl set-ntp true): signatures of package lists depend on it.');
	},
});

const services = (env: SandboxEnv): Check => ({
	id: 'services', title: 'Running environment', stage: 'control-plane',
	async run() {
		if (!await findMachine(env.host, env.machineName, env.paths.root)) {
			return pass('does not run');
		}

		try {
			const {status} = await request(env.host, {url: env.api.url.identity, allow: [200], timeout: 10});
			return pass(`Keystone answers ${status}`);
		} catch {
			return warn('the machine runs, but Keystone does not answer', '`k2hdkc-devstack status` tells more; `up` mends it.');
		}
	},
});

/** What `doctor` asks about a host that is to carry the sandbox. */
export const sandboxChecks = (env: SandboxEnv, {components} = env.config): readonly Check[] => [
	user, distribution, memory, disk, writable, kernel, programs, names, clock, mirror,
	...(components.compute ? [guestsCheck] : []), ...(components.images ? [guestMirror, authority, builderCheck] : []), services,
].map(make => make(env));
