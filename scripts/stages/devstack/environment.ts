import type {Check, DatastoreVersion, Environment, SummaryFacts} from '../../commands/environment.js';
import type {GuestFacts} from '../../commands/guests.js';
import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import {ToolError} from '../../errors/toolError.js';
import {restartMachine} from '../../machines/restart.js';
import type {Machine} from '../../machines/types.js';
import {createApi} from '../../openstack/api.js';
import {createSecrets} from '../../openstack/secrets.js';
import type {Step} from '../../pipeline/types.js';
import {builderCheck} from '../images/containers/builders/check.js';
import {findBuilder} from '../images/containers/builders/choose.js';
import {containerImage} from '../images/containers/images.js';
import {pushElsewhere} from '../images/containers/pushElsewhere.js';
import {imageFacts} from '../images/facts.js';
import {imageRecipes} from '../images/recipe.js';
import {leftOutContainers} from '../images/leftOut.js';
import {forgetGuestFile} from '../images/register.js';
import {guestConsole, guestLogs, listGuests} from '../guests/guests.js';
import {k2hr3Command} from '../k2hr3/client.js';
import {serverName} from '../k2hr3/facts.js';
import {askRing} from '../k2hr3/server.js';
import {k2hr3Endpoints, leftOutK2hr3} from '../k2hr3/summary.js';
import {hasApp} from '../k2hr3/prefix.js';
import {commandFor} from '../nameOptions.js';
import {authority, guestMirror} from '../sourceChecks.js';
import {asStack, cloudsYaml, devstackPaths, devstackUrls, secretNames, stackUser, type DevstackEnv} from './devstackEnv.js';
import {lookAtFetched} from './fetchedState.js';
import {gatherFacts} from './gather.js';
import {chosenAddress} from './hostAddress.js';
import {devstackK2hr3} from './k2hr3.js';
import {inK2hr3Server} from './k2hr3Guest.js';
import {cannotRegister} from './moreVersions.js';
import {findingsOf, wantedOf} from './preflight.js';
import {registryOf} from './registry.js';
import {sourceChecks} from './sources.js';
import {identityUrl, lookAtServices} from './stack.js';
import {devstackSteps} from './steps.js';

/** Seconds until a machine that was started anew must answer again. */
const restartPatience = 600;

const absent = (config: Config, what: string): ToolError => new ToolError('K2D1020', `Profile ${config.profile} has no ${what} in this version`);

// The clients of Trove and Nova keep caches, in the user's home unless they are told otherwise: among DevStack's data they go with them.
const openstackCommand = ({paths}: DevstackEnv, args: readonly string[]): readonly string[] =>
	asStack(paths, ['env', `OS_CLIENT_CONFIG_FILE=${cloudsYaml}`, 'OS_CLOUD=devstack-admin', ...['TROVE', 'NOVA'].map(name => `${name}CLIENT_UUID_CACHE_DIR=${paths.directory}/data/${name.toLowerCase()}client`), 'openstack', ...args]);

const datastoreVersions = async (env: DevstackEnv): Promise<readonly DatastoreVersion[]> => {
	const {name: datastore, defaultVersion} = env.config.datastore;
	const {stdout} = await env.host.run(openstackCommand(env, ['datastore', 'version', 'list', datastore, '--format', 'json']), {timeout: 60});
	return (JSON.parse(stdout) as ReadonlyArray<{readonly Name: string}>).map(({Name: name}) => ({datastore, name, active: true, default: name === defaultVersion}));
};

const leftOut = (config: Config, {components} = config): SummaryFacts['leftOut'] => [
	...(components.images ? leftOutContainers(config) : [{what: 'images', why: 'component `images` is off: instances need a guest image in Glance, with the tags of the datastore version'}]),
	...(cannotRegister(config) ? [{what: 'further datastore versions', why: 'Trove of 2024.1 does not keep what they need; the default version is there'}] : []),
	...leftOutK2hr3(config),
	...(['dashboard', 'swift', 'cinder'] as const).filter(name => !components[name]).map(name => ({what: name, why: `component \`${name}\` is off`})),
];

/** Of those that are registered. */
const imagesInUse = async (env: DevstackEnv): Promise<NonNullable<SummaryFacts['images']>> => (await imageFacts(env)).flatMap(({image, reference, digest}) =>
	digest === undefined || reference === undefined ? [] : [{image, reference, digest}]);

const summaryOf = async (env: DevstackEnv): Promise<SummaryFacts> => {
	const {config, paths} = env;
	const identity = identityUrl(env);
	const running = (await lookAtServices(env)).state === 'present' && identity !== undefined;
	return {
		endpoints: running ? [{name: 'identity', url: identity}, ...(config.components.dashboard ? [{name: 'dashboard', url: identity.replace(/identity$/, 'dashboard')}] : []), ...k2hr3Endpoints(env)] : [],
		...(running ? {credentialsFile: cloudsYaml, openrc: `${paths.directory}/devstack/openrc`} : {}),
		datastoreVersions: running ? await datastoreVersions(env).catch(() => []) : [],
		images: running && config.components.images ? await imagesInUse(env) : [],
		guests: running ? await listGuests(env).catch(() => []) : [],
		leftOut: leftOut(config),
		nextCommands: running
			? [commandFor(config, `openstack -- datastore version list ${config.datastore.name}`), commandFor(config, 'status'), commandFor(config, 'down --depth sources')]
			: [commandFor(config, 'up')],
	};
};

/** What is asked besides where images are made. */
export const imageChecks = (env: DevstackEnv): readonly Check[] => [guestMirror(env), authority(env), builderCheck(env)];

/** What the steps act with. Looks at the machine, changes nothing. */
const createEnv = async (config: Config, host: Machine, support: DevstackEnv['support']): Promise<DevstackEnv> => {
	const paths = devstackPaths(config);
	const secrets = createSecrets(host, `${paths.environment}/secrets.json`, secretNames);
	await secrets.load();
	const facts = await gatherFacts(host, {directory: paths.directory, mark: secrets.path});
	// Services listen at all addresses of the machine; nothing is built before it is clear which is meant.
	const address = chosenAddress(facts, config.devstack) ?? '127.0.0.1';
	const api = createApi(host, devstackUrls(address, support), () => ({user: 'admin', password: secrets.get('admin'), project: 'admin'}));
	const readNamed = async (file: string | null): Promise<string | undefined> => file === null ? undefined : host.read(file);
	return {
		config, host, machine: host, paths, secrets, support, facts, api,
		fetched: await lookAtFetched(host, config, facts),
		// Servers are virtual machines.
		serverDisk: {file: 'disk.qcow2', format: 'qcow2'},
		registry: () => registryOf(config),
		cloudRanges: [address, ...Object.values(config.devstack.ranges)],
		k2hr3: devstackK2hr3({config, host, paths, api}, address),
		hasK2hr3App: await hasApp({config, host, paths}),
		k2hr3Authority: await readNamed(config.k2hr3.caFile),
		k2hr3Certificate: await readNamed(config.k2hr3.certificateFile),
		proxyAuthority: await readNamed(config.proxy.caFile),
		builder: await findBuilder(host, config),
	};
};

/** Of guests the tool has a key to the server of K2HR3 alone: the keys of others are their users'. */
const isOpen = ({config}: DevstackEnv, {name, running}: GuestFacts): boolean => running && name === serverName && chooseK2hr3(config).kind === 'built';

const checksOf = (env: DevstackEnv, wanted: ReturnType<typeof wantedOf>): readonly Check[] => [
	...findingsOf(env.facts, wanted).map(({id, title, stage, ...found}) => ({id, title, stage, run: async () => found})),
	...sourceChecks(env),
	...(env.config.components.images ? imageChecks(env) : []),
];

/** The environment of profile `devstack`. Looks at the machine, changes nothing. @throws ToolError K2D1005 for a release that nothing is known of. */
export const openDevstack = async (config: Config, host: Machine): Promise<Environment> => {
	const wanted = wantedOf(config);
	const env = await createEnv(config, host, wanted.support);
	const {paths, secrets} = env;
	return {
		name: config.name,
		profile: config.profile,
		env,
		steps: devstackSteps(config, env.facts) as readonly Step[],
		host,
		machine: () => host,
		envDir: paths.environment,
		timeoutScale: config.timeouts.scale,
		checks: checksOf(env, wanted),
		leftOut: leftOut(config),
		summary: async () => summaryOf(env),
		secrets: async () => secrets.all(),
		datastoreVersions: async () => datastoreVersions(env),
		images: async () => imageFacts(env),
		pushImage: async target => pushElsewhere(env, containerImage(config, target.image), target),
		forgetGuestFile: async () => forgetGuestFile(env),
		recipes: async () => imageRecipes(env),
		openstackCommand: args => openstackCommand(env, args),
		k2hr3Command: (command, args, project) => k2hr3Command(env, command, args, project),
		k2hr3Ring: async () => askRing(env),
		shellCommand: () => ['runuser', '--login', stackUser],
		guests: async () => listGuests(env),
		guestShell(guest) {
			if (!isOpen(env, guest)) {
				throw absent(config, `way into ${guest.name}`);
			}

			return inK2hr3Server(env, env.k2hr3.place().floating, ['bash', '--login'], ['-t']);
		},
		guestLogs: guest => isOpen(env, guest) ? guestLogs(env, guest, argv => env.k2hr3.inServer(guest, argv)) : {console: guestConsole(env, guest)},
		...(config.machine === 'local' ? {} : {restart: async options => restartMachine(host, {...options, patience: restartPatience * config.timeouts.scale})}),
		close: async () => host.close(),
	};
};
