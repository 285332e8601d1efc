import type {Config} from '../../config/schema.js';
import type {Secrets} from '../../openstack/secrets.js';
import type {ServiceUrls} from '../../openstack/api.js';
import type {Step} from '../../pipeline/types.js';
import type {ImagePaths, RegistryEnv} from '../imageEnv.js';
import type {K2hr3Env} from '../k2hr3/k2hr3Env.js';
import type {MachineFacts} from './facts.js';
import type {Fetched} from './fetched.js';
import type {DevstackRelease} from './support.js';

/** The user that DevStack runs as. */
export const stackUser = 'stack';

/** Names of the generated passwords that stack.sh is told. */
export const stackPasswords = ['admin', 'database', 'rabbit', 'service', 'swift'] as const;

/** Of all that are generated: besides, the passphrase of K2HR3. */
export const secretNames = [...stackPasswords, 'k2hr3'] as const;

/** Where things are on the machine. */
export type DevstackPaths = ImagePaths & {
	/** Of the checkouts: DevStack's DEST, and home of the user. */
	readonly directory: string;
	readonly localConf: string;
	/** What of this project DevStack loads: the plugin, and beside it what it installs. */
	readonly plugin: string;
};

/** What the steps of profile `devstack` act with. `host` and `machine` are both the machine that becomes a DevStack. */
export type DevstackEnv = K2hr3Env & RegistryEnv & {
	readonly paths: DevstackPaths;
	readonly secrets: Secrets;
	readonly support: DevstackRelease;
	/** Of the machine when it was opened. */
	readonly facts: MachineFacts;
	/** What of it was fetched for stack.sh then; undefined on a system for which nothing can be. */
	readonly fetched: Fetched | undefined;
};

export type DevstackStep = Step<DevstackEnv>;

/** Credentials that stack.sh writes for everybody on the machine. */
export const cloudsYaml = '/etc/openstack/clouds.yaml';

export const devstackPaths = ({paths, name, devstack: {directory}}: Pick<Config, 'paths' | 'name' | 'devstack'>): DevstackPaths => ({
	environment: `${paths.state}/${name}`, images: `${paths.cache}/images`, directory, localConf: `${directory}/devstack/local.conf`, plugin: `${directory}/k2hdkc`,
});

/** Where the services of a DevStack answer: behind Apache by their names, and at ports of their own. */
export const devstackUrls = (address: string, {network}: Pick<DevstackRelease, 'network'>): ServiceUrls => {
	const base = (place: string): string => `http://${address}${place}`;
	return {
		identity: base('/identity/v3'), image: base('/image/v2'), placement: base('/placement'), compute: base('/compute/v2.1'),
		network: base(`${network}/v2.0`), volume: base('/volume/v3'), objectStore: base(':8080/v1'), database: base(':8779/v1.0'),
	};
};

/** The words that run a command as the user, in a home of its own. */
export const asStack = ({directory}: Pick<DevstackPaths, 'directory'>, argv: readonly string[]): readonly string[] =>
	['runuser', '--user', stackUser, '--', 'env', `HOME=${directory}`, `USER=${stackUser}`, `LOGNAME=${stackUser}`, ...argv];
