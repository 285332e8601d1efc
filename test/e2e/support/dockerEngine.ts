import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {completePath} from '../../../scripts/machines/environment.js';
import {runCommand, type Outcome} from '../../helpers/runCommand.js';

/** .ci/run takes away what begins like this, should a test be killed. */
const namespace = 'k2hdkc-ci-docker';
const link = 'kd-ci-docker';

/** The two ends of the link. 198.18.0.0/15 is kept for measurements and so in use by nobody. */
const [hostAddress, engineAddress] = ['198.18.113.1', '198.18.113.2'];

const up = `
ip netns delete ${namespace} 2>/dev/null || true
ip netns add ${namespace}
ip link add ${link} type veth peer name eth0 netns ${namespace}
ip address add ${hostAddress}/30 dev ${link}
ip link set ${link} up
ip -n ${namespace} address add ${engineAddress}/30 dev eth0
ip -n ${namespace} link set eth0 up
ip -n ${namespace} link set lo up
`;

/** The engine makes /etc/docker with a key, and mounts; in a mount namespace with an /etc of its own both go with it. */
const engineScript = (directory: string): string => `
mkdir '${directory}/etc' '${directory}/work'
mount -t overlay overlay -o 'lowerdir=/etc,upperdir=${directory}/etc,workdir=${directory}/work' /etc
exec dockerd "$@"
`;

const script = async (text: string): Promise<void> => {
	const {code, stderr} = await runCommand('sh', ['-euc', text]);
	if (code !== 0) {
		throw new Error(`${text}: ${stderr}`);
	}
};

export type DockerEngine = {
	/** Addresses of this host and of the engine's network, as each sees the other. Containers with host network have the latter. */
	readonly hostAddress: string;
	readonly address: string;
	/** Removed with the engine. */
	readonly directory: string;
	/** Runs `docker ARGS` to its end. */
	readonly docker: (...args: readonly string[]) => Promise<Outcome>;
	/** The same where it has to succeed; gives standard output. */
	readonly done: (...args: readonly string[]) => Promise<string>;
	/** Words that run a command in the engine's network. */
	readonly prefix: readonly string[];
	/** Runs a command there for as long as the engine runs. */
	readonly beside: (command: string, ...args: readonly string[]) => ChildProcess;
	/** Ends the engine with its containers, and what ran beside it. */
	readonly stop: () => Promise<void>;
};

/** Ends processes by TERM, then by KILL. */
const end = async (children: readonly ChildProcess[]): Promise<void> => {
	await Promise.all(children.filter(child => child.exitCode === null && child.signalCode === null).map(async child => {
		const ended = once(child, 'exit');
		child.kill('SIGTERM');
		const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
		await ended;
		clearTimeout(timer);
	}));
};

/**
 * A docker engine of the test's own: in a network and a mount namespace of its own, with nothing in the host's directories. The host's
 * network is linked to it and otherwise left alone.
 * @param settle - makes its daemon.json, given the name
 * @param hasBridge - whether containers can be at a bridge
 */
export const startDockerEngine = async (settle: (daemonFile: string) => Promise<void> = async file => writeFile(file, '{}'), hasBridge = false): Promise<DockerEngine> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-docker-'));
	const [socket, log, daemonFile] = ['docker.sock', 'dockerd.log', 'daemon.json'].map(name => path.join(directory, name)) as [string, string, string];
	await settle(daemonFile);
	await script(up);
	const children: ChildProcess[] = [];
	const prefix = ['nsenter', `--net=/run/netns/${namespace}`] as const;
	const beside: DockerEngine['beside'] = (command, ...args) => {
		const child = spawn(prefix[0], [prefix[1], command, ...args], {stdio: 'ignore', env: {...process.env, PATH: completePath(process.env.PATH)}});
		children.push(child);
		return child;
	};

	const docker: DockerEngine['docker'] = async (...args) => runCommand('docker', args, {env: {...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: directory}, timeout: 120_000});
	const done: DockerEngine['done'] = async (...args) => {
		const {code, stdout, stderr} = await docker(...args);
		if (code !== 0) {
			throw new Error(`docker ${args.join(' ')}: ${stderr}`);
		}

		return stdout;
	};

	const stop = async (): Promise<void> => {
		const containers = (await docker('ps', '--all', '--quiet')).stdout.split('\n').filter(Boolean);
		await (containers.length > 0 ? docker('rm', '--force', '--volumes', ...containers) : undefined);
		await end(children);
		await script(`for pid in $(ip netns pids ${namespace}); do kill -KILL "$pid" || true; done; ip netns delete ${namespace}; ip link delete ${link} 2>/dev/null || true`);
		await rm(directory, {recursive: true, force: true});
	};

	const engine = beside('unshare', ...[
		['--mount', '--propagation', 'slave', 'sh', '-euc', `exec >'${log}' 2>&1\n${engineScript(directory)}`, 'sh'],
		hasBridge ? [] : ['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'],
		[`--config-file=${daemonFile}`, `--host=unix://${socket}`, `--data-root=${directory}/data`, `--exec-root=${directory}/exec`, `--pidfile=${directory}/pid`],
	].flat());
	for (let tries = 0; (await docker('version')).code !== 0; tries++) {
		if (tries > 100 || engine.exitCode !== null) {
			const said = await readFile(log, 'utf8');
			await stop();
			throw new Error(`dockerd does not answer: ${said.slice(-2000)}`);
		}

		await sleep(200);
	}

	return {hostAddress, address: engineAddress, directory, docker, done, prefix, beside, stop};
};
