import type {Config} from '../../config/schema.js';
import type {Machine} from '../../machines/types.js';
import type {Secrets} from '../../openstack/secrets.js';
import type {Step} from '../../pipeline/types.js';
import type {MachineFacts} from './facts.js';
import type {DevstackRelease} from './support.js';

/** The user that DevStack runs as. */
export const stackUser = 'stack';

/** Names of the generated passwords. */
export const secretNames = ['admin', 'database', 'rabbit', 'service', 'swift'] as const;

/** Where things are on the machine. */
export type DevstackPaths = {
	/** /var/lib/k2hdkc-devstack/NAME */
	readonly environment: string;
	/** Of the checkouts: DevStack's DEST, and home of the user. */
	readonly directory: string;
	readonly localConf: string;
	/** What of this project DevStack loads: the plugin, and beside it what it installs. */
	readonly plugin: string;
};

/** What the steps of profile `devstack` act with. */
export type DevstackEnv = {
	readonly config: Config;
	readonly host: Machine;
	readonly paths: DevstackPaths;
	readonly secrets: Secrets;
	readonly support: DevstackRelease;
	/** Of the machine when it was opened. */
	readonly facts: MachineFacts;
};

export type DevstackStep = Step<DevstackEnv>;

export const devstackPaths = ({paths, name, devstack: {directory}}: Pick<Config, 'paths' | 'name' | 'devstack'>): DevstackPaths => ({
	environment: `${paths.state}/${name}`, directory, localConf: `${directory}/devstack/local.conf`, plugin: `${directory}/k2hdkc`,
});

/** The words that run a command as the user, in a home of its own. */
export const asStack = ({directory}: Pick<DevstackPaths, 'directory'>, argv: readonly string[]): readonly string[] =>
	['runuser', '--user', stackUser, '--', 'env', `HOME=${directory}`, `USER=${stackUser}`, `LOGNAME=${stackUser}`, ...argv];
