import {chown, mkdir, mkdtemp, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {startK2hr3, type StandInK2hr3} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import type {Outcome} from '../../helpers/runCommand.js';
import type {DockerEngine} from './dockerEngine.js';

/** Places in the container, which are volumes of it. */
const [cloudDirectory, dataDirectory] = ['/var/lib/cloud/data', '/var/lib/antpickax/k2hdkc'] as const;

export const entrypoint = '/usr/libexec/k2hdkctrove.sh';

const cuk = '8b2f1c5e-0000-4000-8000-000000000001';

export type ContainerOptions = {
	/** Of the configuration group and for tuning, beside what is needed; undefined takes a value away. */
	readonly values?: Readonly<Record<string, string | undefined>>;
	/** A volume of docker's for the data; default a new directory of the host. */
	readonly volume?: string;
	/** How the data is mounted; default rw. */
	readonly mode?: 'ro' | 'rw';
	/** Further options of `docker run`, for what Trove does not do. */
	readonly options?: readonly string[];
};

export type DatabaseContainer = {
	readonly k2hr3: StandInK2hr3;
	readonly cuk: string;
	/** On the host: the data volume, where it is a directory of the host. */
	readonly dataDirectory: string;
	/** Runs a command of the entrypoint in the container, as the guest agent does. */
	readonly command: (...args: readonly string[]) => Promise<Outcome>;
	/** Runs another program in it. */
	readonly exec: (...args: readonly string[]) => Promise<Outcome>;
	/** A value of `docker inspect` by its Go template. */
	readonly inspect: (template: string) => Promise<string>;
	/** All that it has written. */
	readonly log: () => Promise<string>;
	/** Waits; throws with the container's log when it does not come. */
	readonly until: (what: string, seconds: number, holds: () => Promise<boolean>) => Promise<void>;
	readonly isHealthy: () => Promise<boolean>;
};

/** A directory as the guest agent hands it to the container. */
const makeVolume = async (directory: string): Promise<string> => {
	await mkdir(directory);
	await chown(directory, 1001, 1001);
	return directory;
};

/** Trove gives every value under its own name, and with `_` for `-`. */
const bothSpellings = (values: Readonly<Record<string, string | undefined>>): string =>
	Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [name, name.replaceAll('-', '_')].map(each => `${each}=${value}\n`)).join('');

/**
 * Starts the database image as Trove's guest agent does: under its name and user, on the host's network, with IPC of its own. It has a
 * K2HR3 of its own, and both are gone after the test.
 */
export const startContainer = async (t: ExecutionContext, engine: DockerEngine, image: string, {values, volume, mode = 'rw', options = []}: ContainerOptions = {}): Promise<DatabaseContainer> => {
	const directory = await mkdtemp(path.join(engine.directory, 'node-'));
	const k2hr3 = await startK2hr3({group: 'container', port: 8020, controlPort: 8021, databaseFile: `${dataDirectory}/k2hdkc.k2h`, address: engine.hostAddress});
	t.teardown(k2hr3.stop);
	t.teardown(async () => engine.docker('rm', '--force', '--volumes', 'database'));
	const [cloud, data, environment] = [await makeVolume(path.join(directory, 'cloud')), await makeVolume(path.join(directory, 'data')), path.join(directory, 'environment')];
	await writeFile(path.join(cloud, 'instance-id'), `${cuk}\n`);
	await writeFile(environment, bothSpellings({
		'cluster-name': 'container', 'extdata-url': k2hr3.extdataUrl, 'chmpx-server-port': '8020', 'chmpx-server-ctlport': '8021', 'chmpx-slave-ctlport': '8031',
		K2HDKCTROVE_NODE_NAME: engine.address, K2HDKCTROVE_REFRESH_SECONDS: '1', ...values,
	}));
	await engine.done('run', ...[
		['--detach', '--name', 'database', '--restart', 'unless-stopped', '--user', '1001:1001', '--network', 'host', '--ipc', 'private', '--sysctl', 'fs.mqueue.msg_max=136'],
		['--env-file', environment, '--volume', `${cloud}:${cloudDirectory}`, '--volume', `${volume ?? data}:${dataDirectory}:${mode}`],
		options,
		[image],
	].flat());
	const exec: DatabaseContainer['exec'] = async (...args) => engine.docker('exec', 'database', ...args);
	const command: DatabaseContainer['command'] = async (...args) => exec(entrypoint, ...args);
	const log = async (): Promise<string> => {
		const {stdout, stderr} = await engine.docker('logs', 'database');
		return stdout + stderr;
	};

	return {
		k2hr3, cuk, dataDirectory: data, command, exec, log,
		inspect: async template => (await engine.done('inspect', '--format', template, 'database')).trim(),
		async until(what, seconds, holds) {
			const deadline = Date.now() + (seconds * 1000);
			while (!await holds()) {
				if (Date.now() > deadline) {
					throw new Error(`not within ${seconds} s: ${what}\n${await log()}`);
				}

				await sleep(100);
			}
		},
		isHealthy: async () => (await command('status')).stdout === 'HEALTHY\n',
	};
};
