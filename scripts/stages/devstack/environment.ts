import type {DatastoreVersion, Environment, SummaryFacts} from '../../commands/environment.js';
import type {Config} from '../../config/schema.js';
import {ToolError} from '../../errors/toolError.js';
import type {Machine} from '../../machines/types.js';
import {createSecrets} from '../../openstack/secrets.js';
import type {Step} from '../../pipeline/types.js';
import {commandFor} from '../nameOptions.js';
import {asStack, devstackPaths, secretNames, stackUser, type DevstackEnv} from './devstackEnv.js';
import {gatherFacts} from './gather.js';
import {findingsOf, wantedOf} from './preflight.js';
import {sourceChecks} from './sources.js';
import {identityUrl, lookAtServices} from './stack.js';
import {devstackSteps} from './steps.js';

const cloudsYaml = '/etc/openstack/clouds.yaml';

const absent = (config: Config, what: string): ToolError => new ToolError('K2D1020', `Profile ${config.profile} has no ${what} in this version`);

// The client of Trove keeps a cache, in the user's home unless it is told otherwise: among DevStack's data it goes with them.
const openstackCommand = ({paths}: DevstackEnv, args: readonly string[]): readonly string[] =>
	asStack(paths, ['env', `OS_CLIENT_CONFIG_FILE=${cloudsYaml}`, 'OS_CLOUD=devstack-admin', `TROVECLIENT_UUID_CACHE_DIR=${paths.directory}/data/troveclient`, 'openstack', ...args]);

const datastoreVersions = async (env: DevstackEnv): Promise<readonly DatastoreVersion[]> => {
	const {name: datastore, defaultVersion} = env.config.datastore;
	const {stdout} = await env.host.run(openstackCommand(env, ['datastore', 'version', 'list', datastore, '--format', 'json']), {timeout: 60});
	return (JSON.parse(stdout) as ReadonlyArray<{readonly Name: string}>).map(({Name: name}) => ({datastore, name, active: true, default: name === defaultVersion}));
};

const leftOut = ({components}: Config): SummaryFacts['leftOut'] => [
	{what: 'guest image', why: 'this version does not build and register one for a DevStack: instances need one in Glance, with the tags of the datastore version'},
	{what: 'K2HR3', why: 'this version does not build one for a DevStack: clusters of K2HDKC need one'},
	...(['dashboard', 'swift', 'cinder'] as const).filter(name => !components[name]).map(name => ({what: name, why: `component \`${name}\` is off`})),
];

const summaryOf = async (env: DevstackEnv): Promise<SummaryFacts> => {
	const {config, paths} = env;
	const identity = identityUrl(env);
	const running = (await lookAtServices(env)).state === 'present' && identity !== undefined;
	return {
		endpoints: running ? [{name: 'identity', url: identity}, ...(config.components.dashboard ? [{name: 'dashboard', url: identity.replace(/identity$/, 'dashboard')}] : [])] : [],
		...(running ? {credentialsFile: cloudsYaml, openrc: `${paths.directory}/devstack/openrc`} : {}),
		datastoreVersions: running ? await datastoreVersions(env).catch(() => []) : [],
		guests: [],
		leftOut: leftOut(config),
		nextCommands: running
			? [commandFor(config, `openstack -- datastore version list ${config.datastore.name}`), commandFor(config, 'status'), commandFor(config, 'down --depth sources')]
			: [commandFor(config, 'up')],
	};
};

/** The environment of profile `devstack`. Looks at the machine, changes nothing. @throws ToolError K2D1005 for a release that nothing is known of. */
export const openDevstack = async (config: Config, host: Machine): Promise<Environment> => {
	const wanted = wantedOf(config);
	const paths = devstackPaths(config);
	const secrets = createSecrets(host, `${paths.environment}/secrets.json`, secretNames);
	await secrets.load();
	const facts = await gatherFacts(host, {directory: paths.directory, mark: secrets.path});
	const env: DevstackEnv = {config, host, paths, secrets, support: wanted.support, facts};
	const refuse = (what: string) => async (): Promise<never> => {
		throw absent(config, what);
	};

	return {
		name: config.name,
		profile: config.profile,
		env,
		steps: devstackSteps(config) as readonly Step[],
		host,
		machine: () => host,
		envDir: paths.environment,
		timeoutScale: config.timeouts.scale,
		checks: [
			...findingsOf(facts, wanted).map(({id, title, stage, ...found}) => ({id, title, stage, run: async () => found})),
			...sourceChecks({config, host}),
		],
		summary: async () => summaryOf(env),
		secrets: async () => secrets.all(),
		datastoreVersions: async () => datastoreVersions(env),
		images: refuse('images'),
		pushImage: refuse('images'),
		forgetGuestFile: refuse('images'),
		recipes: refuse('images'),
		openstackCommand: args => openstackCommand(env, args),
		k2hr3Command() {
			throw absent(config, 'client of K2HR3');
		},
		shellCommand: () => ['runuser', '--login', stackUser],
		guests: async () => [],
		guestShell() {
			throw absent(config, 'guests that it knows');
		},
		guestLogs() {
			throw absent(config, 'guests that it knows');
		},
		close: async () => host.close(),
	};
};
