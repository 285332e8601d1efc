import type {DatastoreVersion, Environment, OpenEnvironment, SummaryFacts} from '../commands/environment.js';
import type {Config} from '../config/schema.js';
import {matchKnownFailure} from '../errors/knownFailures.js';
import {ToolError} from '../errors/toolError.js';
import {CommandError} from '../machines/commandError.js';
import {openMachine} from '../machines/openMachine.js';
import type {Machine} from '../machines/types.js';
import type {Step} from '../pipeline/types.js';
import {sandboxChecks} from './checks.js';
import {insideCloudsYaml} from './controlPlane/credentials.js';
import {dashboardUrl} from './controlPlane/dashboard.js';
import {guestLogs, inGuest, listGuests} from './guests/guests.js';
import {lacks, lookAtKernel} from './guests/kernel.js';
import {runningInit} from './machine/nspawn.js';
import {k2hr3Command} from './k2hr3/client.js';
import {openDevstack} from './devstack/environment.js';
import {askRing} from './k2hr3/server.js';
import {k2hr3Endpoints, leftOutK2hr3} from './k2hr3/summary.js';
import {containerImage} from './images/containers/images.js';
import {pushElsewhere} from './images/containers/pushElsewhere.js';
import {registryAddress} from './images/registry.js';
import {imageFacts} from './images/facts.js';
import {leftOutContainers} from './images/leftOut.js';
import {forgetGuestFile} from './images/register.js';
import {imageRecipes} from './images/recipe.js';
import {commandFor} from './nameOptions.js';
import {createSandboxEnv, sandboxSteps} from './sandbox.js';
import type {SandboxEnv} from './sandboxEnv.js';

/** What the profile cannot give yet or was told to leave out, so that nobody looks for it. */
const leftOutImages = (config: SandboxEnv['config']): SummaryFacts['leftOut'] => config.components.images
	? leftOutContainers(config)
	: [{what: 'images', why: 'component `images` is off; `images build` builds them, datastore versions stand without them'}];

const leftOut = ({config, config: {components}}: SandboxEnv): SummaryFacts['leftOut'] => [
	...(components.compute ? [] : [{what: 'compute host', why: 'component `compute` is off: servers cannot be booted; --with compute adds it'}]),
	...leftOutImages(config),
	...(components.dashboard ? [] : [{what: 'dashboard', why: 'component `dashboard` is off; --with dashboard adds it'}]),
	...leftOutK2hr3(config),
	...(components.swift ? [] : [{what: 'swift', why: 'component `swift` is off; backups need it'}]),
	...(components.cinder ? [] : [{what: 'cinder', why: 'component `cinder` is off; volumes need it'}]),
];

const endpointNames: ReadonlyArray<readonly [name: string, service: keyof SandboxEnv['api']['url']]> = [
	['identity', 'identity'], ['image', 'image'], ['placement', 'placement'], ['compute', 'compute'],
	['network', 'network'], ['volume', 'volume'], ['object-store', 'objectStore'], ['database', 'database'],
];

const endpoints = (env: SandboxEnv): SummaryFacts['endpoints'] => {
	const {api, config: {components}} = env;
	return [
		...endpointNames
			.filter(([name]) => (name !== 'volume' || components.cinder) && (name !== 'object-store' || components.swift))
			.map(([name, service]) => ({name, url: api.url[service]})),
		...(components.dashboard ? [{name: 'dashboard', url: dashboardUrl(env)}] : []),
		...k2hr3Endpoints(env),
		...(components.images ? [{name: 'registry', url: `https://${registryAddress(env)}`}] : []),
	];
};

/** How a service is reached through ssh: by its own port, or where that is one for the administrator only, by one from 9001 on. */
const forwardOption = (url: string): string => {
	const {hostname, port} = new URL(url);
	const remote = Number(port || 80);
	return `-L ${remote < 1024 ? remote + 9000 : remote}:${hostname}:${remote}`;
};

type Version = {readonly id: string; readonly name: string};
type Datastore = {readonly name: string; readonly default_version?: string; readonly versions?: readonly Version[]};

const datastoreVersions = async ({api, config: {datastore}}: SandboxEnv): Promise<DatastoreVersion[]> => {
	const base = `${api.url.database}/${await api.projectId()}`;
	const {body} = await api.request({url: `${base}/datastores`});
	const {datastores} = body as {datastores: Datastore[]};
	return datastores.flatMap(({name, default_version: standard, versions = []}) => versions.map(version => ({
		datastore: name, name: version.name, default: version.id === standard,
		active: name !== datastore.name || (datastore.versions.find(candidate => candidate.name === version.name)?.active ?? true),
	})));
};

const summaryOf = async (env: SandboxEnv): Promise<SummaryFacts> => {
	const running = await runningInit(env.leader) !== undefined;
	const command = (words: string): string => commandFor(env.config, words);
	const {machine: where} = env.config;
	return {
		endpoints: running ? endpoints(env) : [],
		...(await env.host.read(env.paths.cloudsYaml) === undefined ? {} : {credentialsFile: env.paths.cloudsYaml, openrc: env.paths.openrc}),
		datastoreVersions: running ? await datastoreVersions(env).catch(() => []) : [],
		guests: running && env.config.components.compute ? await listGuests(env).catch(() => []) : [],
		leftOut: [...leftOut(env), ...(running && env.config.components.compute ? lacks(await lookAtKernel(env.machine)) : [])],
		nextCommands: running
			? [command('openstack -- datastore version list k2hdkc'), command('status'), command('down --depth everything')]
			: [command('up')],
		...(where === 'local' ? {} : {sshForward: `ssh -N ${endpoints(env).map(({url}) => forwardOption(url)).join(' ')} ${where}`}),
	};
};

/** Its files are for root alone, so that nobody else even sees whether it is there. */
const explainDenial = (error: unknown): never => {
	if (error instanceof CommandError && matchKnownFailure(error.lastLines) === 'K2D2203') {
		throw new ToolError('K2D3002', `The files of this environment cannot be read: ${error.lastLines.at(-1)}`, {
			cause: error, remedy: 'Run the tool as root (sudo -i), or log in as root: --machine ssh://root@HOST.',
		});
	}

	throw error;
};

/** The environment in a disposable machine on the host. */
const openSandbox = async (config: Config, host: Machine): Promise<Environment> => {
	const env = await createSandboxEnv(config, host).catch(explainDenial);
	return {
		name: config.name,
		profile: config.profile,
		env,
		steps: sandboxSteps(config) as readonly Step[],
		host,
		machine: () => env.machine,
		envDir: env.paths.environment,
		timeoutScale: config.timeouts.scale,
		checks: sandboxChecks(env),
		leftOut: leftOut(env),
		summary: async () => summaryOf(env),
		secrets: async () => env.secrets.all(),
		datastoreVersions: async () => datastoreVersions(env),
		images: async () => imageFacts(env),
		pushImage: async target => pushElsewhere(env, containerImage(config, target.image), target),
		forgetGuestFile: async () => forgetGuestFile(env),
		recipes: async () => imageRecipes(env),
		openstackCommand: args => ['env', `OS_CLIENT_CONFIG_FILE=${insideCloudsYaml}`, `OS_CLOUD=${env.machineName}`, 'openstack', ...args],
		k2hr3Command: (command, args, project) => k2hr3Command(env, command, args, project),
		k2hr3Ring: async () => askRing(env),
		shellCommand: () => ['env', `OS_CLIENT_CONFIG_FILE=${insideCloudsYaml}`, `OS_CLOUD=${env.machineName}`, 'bash', '--login'],
		guests: async () => config.components.compute ? listGuests(env) : [],
		guestShell(guest) {
			if (!guest.running) {
				throw new ToolError('K2D5022', `${guest.name} is ${guest.state}`, {remedy: `Start it (k2hdkc-devstack openstack -- server start ${guest.id}), or read what it last wrote: k2hdkc-devstack logs guest:${guest.name}`});
			}

			return inGuest(guest, ['bash', '--login']);
		},
		guestLogs: guest => guestLogs(env, guest),
		async close() {
			await env.machine.close();
			await host.close();
		},
	};
};

/** Makes the environment that a configuration describes. */
export const openEnvironment: OpenEnvironment = async ({config}, {onNotice}) => {
	const host = await openMachine(config.machine, {...config.ssh, onNotice});
	return config.controlPlane === 'devstack' ? openDevstack(config, host).catch(explainDenial) : openSandbox(config, host);
};
