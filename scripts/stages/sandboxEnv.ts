import type {Machine} from '../machines/types.js';
import {rabbitHash, type FileState, type Secrets} from '../openstack/secrets.js';
import type {TemplateValues} from '../openstack/template.js';
import type {Step} from '../pipeline/types.js';
import type {Addresses} from './addresses.js';
import type {Parts, Survey} from './controlPlane/look.js';
import type {ImagePaths, RegistryEnv} from './imageEnv.js';
import type {K2hr3Env} from './k2hr3/k2hr3Env.js';
import {proxyValues} from './k2hr3/proxyFiles.js';
import type {Leader} from './machine/nspawn.js';

/** Where things of an environment lie on its host. */
export type SandboxPaths = ImagePaths & {
	/** Roots made by mmdebstrap, one directory for each set of inputs; shared by environments. */
	readonly roots: string;
	/** Written layer of the machine's root: everything that `down --depth sources` removes. */
	readonly disk: string;
	/** Where the machine's root is mounted while it runs. */
	readonly root: string;
	/** What systemd-nspawn and the machine's console say. */
	readonly machineLog: string;
	readonly addresses: string;
	readonly cloudsYaml: string;
	readonly openrc: string;
};

/** What the steps of profile `sandbox` act with. `host` is where the sandbox stands. */
export type SandboxEnv = K2hr3Env & RegistryEnv & {
	/** The nspawn machine. */
	readonly machine: Machine;
	readonly leader: Leader;
	readonly survey: Survey;
	readonly paths: SandboxPaths;
	/** Name of the nspawn machine, of its network namespace and its host name. */
	readonly machineName: string;
	/** The host's end of the link; at most 15 characters. */
	readonly linkName: string;
	readonly secrets: Secrets;
	readonly addresses: AddressBook;
};

/** The environment's address ranges: chosen when it is planned first, then kept in a file. */
export type AddressBook = {
	readonly current: Addresses;
	/** Takes over what the file holds. */
	load: () => Promise<FileState>;
	save: () => Promise<void>;
};

export type SandboxStep = Step<SandboxEnv> & {
	/** Of a service: what its probe looks at. */
	readonly parts?: Parts;
};

/** What every template of the sandbox may name. */
export const templateValues = ({config, secrets, addresses, machineName, k2hr3}: SandboxEnv): TemplateValues => ({
	address: addresses.current.machine,
	hostAddress: addresses.current.host,
	publicGateway: addresses.current.publicGateway,
	publicPrefix: addresses.current.publicCidr.split('/')[1]!,
	region: config.openstack.region,
	availabilityZone: config.openstack.availabilityZone,
	quotas: config.openstack.quotas,
	datastore: config.datastore.name,
	hostName: machineName,
	k2hr3: {...config.k2hr3.ports, ...proxyValues({config, k2hr3})},
	workers: config.sandbox.workers,
	ovsDatapath: 'netdev',
	dnsServers: config.openstack.networks.dns.join(','),
	secret: secrets.values(),
	rabbitHash: rabbitHash(secrets.get('rabbit')),
});

const named = (values: TemplateValues, path: string): TemplateValues => Object.fromEntries(Object.entries(values).map(([name, value]) =>
	[name, typeof value === 'object' ? named(value, `${path}.${name}`) : `${path}.${name}`]));

/** The same with the names of secrets in place of the secrets. */
export const withoutSecrets = (values: TemplateValues): TemplateValues => ({
	...values, secret: named(values.secret as TemplateValues, 'secret'), rabbitHash: 'secret.rabbit',
});
