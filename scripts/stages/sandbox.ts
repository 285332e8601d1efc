import {ToolError} from '../errors/toolError.js';
import type {Config} from '../config/schema.js';
import {createSandboxMachine} from '../machines/sandbox.js';
import type {Machine} from '../machines/types.js';
import {createApi, urlsByPort} from '../openstack/api.js';
import {createSecrets, sandboxSecrets} from '../openstack/secrets.js';
import {chooseAddresses, parseAddresses, usedRanges, type Addresses} from './addresses.js';
import {cinder, cinderDriver, cinderVolumes} from './controlPlane/cinder.js';
import {glance, nova, novaDatabases, placement} from './controlPlane/compute.js';
import {createSurvey} from './controlPlane/look.js';
import {credentials} from './controlPlane/credentials.js';
import {dashboard, dashboardDownload, dashboardPackages, dashboardPlugin} from './controlPlane/dashboard.js';
import {flavors} from './controlPlane/flavors.js';
import {identity} from './controlPlane/identity.js';
import {mariadb, memcached, rabbitmq} from './controlPlane/infrastructure.js';
import {keystone} from './controlPlane/keystone.js';
import {networks} from './controlPlane/networks.js';
import {neutron, neutronAgents} from './controlPlane/neutron.js';
import {swift} from './controlPlane/swift.js';
import {trove} from './controlPlane/trove.js';
import {datastoreHunk, datastorePackage, datastoreRegistration} from './datastore/steps.js';
import {computeDriver, computeHost, novaCompute} from './guests/compute.js';
import {incus} from './guests/incus.js';
import {computeDownload, computePackages} from './guests/packages.js';
import {findBuilder} from './images/containers/builders/choose.js';
import {imageNames, imageSteps} from './images/imageSteps.js';
import {imageStore} from './images/store.js';
import {registry, registryDownload, registryOf, registryPackages} from './images/registry.js';
import {registryTrust} from './images/registryTrust.js';
import {hasApp} from './k2hr3/prefix.js';
import {sandboxK2hr3} from './k2hr3/sandbox.js';
import {k2hr3Download, k2hr3Packages, k2hr3Proxy} from './k2hr3/proxy.js';
import {k2hr3ServerSteps} from './k2hr3/steps.js';
import {sandboxMachine} from './machine/boot.js';
import {sandboxDisk} from './machine/disk.js';
import {installHostPackages, installImageTools} from './machine/hostPackages.js';
import {sandboxNetwork} from './machine/network.js';
import {createLeader} from './machine/nspawn.js';
import {sandboxRoot} from './machine/root.js';
import {environmentSettings} from './machine/settings.js';
import type {AddressBook, SandboxEnv, SandboxPaths, SandboxStep} from './sandboxEnv.js';

const pathsOf = ({paths, name}: Config): SandboxPaths => {
	const environment = `${paths.state}/${name}`;
	return {
		environment, roots: `${paths.cache}/roots`, images: `${paths.cache}/images`, disk: `${environment}/disk`, root: `${environment}/root`, machineLog: `${environment}/machine.log`,
		addresses: `${environment}/addresses.json`, cloudsYaml: `${environment}/clouds.yaml`, openrc: `${environment}/openrc`,
	};
};

/** Ranges that other environments of this host have set aside: they may be down now and have no route. */
const reservedRanges = async (host: Machine, config: Config): Promise<string[]> => {
	const {stdout} = await host.script(`find '${config.paths.state}' -mindepth 2 -maxdepth 2 -name addresses.json -not -path '${config.paths.state}/${config.name}/*' -exec cat {} + 2>/dev/null || true`);
	return stdout.split('\n').flatMap(line => {
		const addresses = parseAddresses(line);
		return addresses ? [addresses.managementCidr, addresses.privateCidr, addresses.publicCidr] : [];
	});
};

const createAddressBook = async (host: Machine, config: Config, file: string): Promise<AddressBook> => {
	const read = async (): Promise<Addresses | 'missing' | 'damaged'> => {
		const text = await host.read(file);
		return text === undefined ? 'missing' : parseAddresses(text) ?? 'damaged';
	};

	const choose = async (): Promise<Addresses> => {
		const {stdout} = await host.run(['ip', '-json', '-4', 'route', 'show', 'table', 'all'], {allow: 'any'});
		const {private: inner, public: outer} = config.openstack.networks;
		return chooseAddresses(
			{pool: config.sandbox.addressPool, management: config.sandbox.managementCidr, private: inner.cidr, public: outer.cidr},
			[...usedRanges(JSON.parse(stdout || '[]') as Array<{dst?: string}>), ...await reservedRanges(host, config)],
		);
	};

	const stored = await read();
	let current = typeof stored === 'string' ? await choose() : stored;
	return {
		get current() {
			return current;
		},
		async load() {
			const now = await read();
			if (typeof now === 'string') {
				return now;
			}

			current = now;
			return 'complete';
		},
		async save() {
			await host.write(file, `${JSON.stringify(current)}\n`, {mode: 0o600});
		},
	};
};

/** The environment of profile `sandbox` as its steps see it. Looks at the host, changes nothing. */
export const createSandboxEnv = async (config: Config, host: Machine): Promise<SandboxEnv> => {
	const paths = pathsOf(config);
	const machineName = `k2hdkc-${config.name}`;
	const users = config.openstack.users.map(user => user.name);
	if (!users.includes('admin')) {
		throw new ToolError('K2D1014', 'openstack.users must name the user admin: the tool itself works as that user');
	}

	const secrets = createSecrets(host, `${paths.environment}/secrets.json`, sandboxSecrets(users));
	await secrets.load();
	const addresses = await createAddressBook(host, config, paths.addresses);
	const leader = createLeader(host, machineName, paths.root);
	const machine = createSandboxMachine(host, {name: config.name, leader: leader.current});
	const survey = createSurvey(machine, () => sandboxSteps(config).flatMap(({parts}) => parts ?? []));
	const readNamed = async (file: string | null): Promise<string | undefined> => file === null ? undefined : host.read(file);
	return {
		config, host, machine, leader, survey, paths, machineName, linkName: `kd-${config.name}`, secrets, addresses,
		api: createApi(host, urlsByPort(addresses.current.machine), () => ({user: 'admin', password: secrets.get('user.admin'), project: 'admin'})),
		proxyAuthority: await readNamed(config.proxy.caFile),
		k2hr3Authority: await readNamed(config.k2hr3.caFile),
		k2hr3Certificate: await readNamed(config.k2hr3.certificateFile),
		k2hr3: sandboxK2hr3({config, machine, machineName, addresses}),
		hasK2hr3App: await hasApp({config, host, paths}),
		builder: await findBuilder(host, config),
		// Servers are containers.
		serverDisk: {file: 'root.tar', format: 'raw'},
		registry: () => registryOf({config, addresses}),
	};
};

/** Steps of all images, each once. Without the component there are none but those of what is built all the same. */
const ofImages = (config: Config, part: 'build' | 'push'): readonly SandboxStep[] => {
	const steps = imageSteps(config);
	const {components} = config;
	const names = imageNames.filter(name => components.images || (name === 'k2hr3' && components.compute));
	return [...new Set(names.flatMap(name => steps[name][part]))];
};

/** What any of these steps needs of the host to make images. */
const imagePlaces = (steps: readonly SandboxStep[]): readonly SandboxStep[] => [imageStore, installImageTools].filter(({id}) => steps.some(({needs}) => needs.includes(id)));

const stepsOf = (config: Config, {components} = config, built = ofImages(config, 'build')): readonly SandboxStep[] => [
	environmentSettings, installHostPackages, sandboxRoot, sandboxDisk, sandboxNetwork, sandboxMachine,
	mariadb, rabbitmq, memcached, keystone, identity, credentials, glance, placement, novaDatabases, nova, flavors, neutron, neutronAgents, networks,
	...(components.cinder ? [cinder, cinderDriver, cinderVolumes] : []), ...(components.swift ? [swift] : []),
	...(components.compute ? [computeDownload, computePackages, incus, computeDriver, novaCompute, computeHost] : []),
	datastoreHunk, datastorePackage, trove,
	...imagePlaces(built), ...built,
	datastoreRegistration,
	...(components.dashboard ? [dashboardDownload, dashboardPackages, dashboardPlugin, dashboard] : []),
	...(components.images ? [registryDownload, registryPackages, registry, registryTrust] : []),
	...ofImages(config, 'push'),
	...k2hr3ServerSteps<SandboxEnv>(config, [k2hr3Download, k2hr3Packages, k2hr3Proxy]),
];

/** Images may be there before the tool. What all others make bears the environment's name, or they know themselves what of it is theirs. */
const isOwn = ({own, stage}: SandboxStep): boolean => own ?? stage !== 'images';

/** Whatever a step does may change what the survey saw. */
const complete = (step: SandboxStep): SandboxStep => ({
	...step,
	own: isOwn(step),
	async apply(context) {
		try {
			await step.apply(context);
		} finally {
			context.env.survey.forget();
		}
	},
});

/** The steps of profile `sandbox`; components that are switched off are not among them. */
export const sandboxSteps = (config: Config): readonly SandboxStep[] => stepsOf(config).map(step => complete(step));
