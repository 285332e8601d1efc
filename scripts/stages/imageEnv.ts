import type {Config} from '../config/schema.js';
import type {Machine} from '../machines/types.js';
import type {OpenstackApi} from '../openstack/api.js';
import type {Step} from '../pipeline/types.js';
import type {ChosenBuilder} from './images/containers/builders/choose.js';

/** Where images and what belongs to them lie on the host. */
export type ImagePaths = {
	/** /var/lib/k2hdkc-devstack/NAME */
	readonly environment: string;
	/** Layers and finished images, one directory for each set of inputs; shared by environments. */
	readonly images: string;
};

/** What the steps that make images act with, whatever the images are for. */
export type ImageEnv = {
	readonly config: Config;
	/** Where they are made. */
	readonly host: Machine;
	readonly paths: ImagePaths;
	/** What the file proxy.caFile holds on the host; undefined when none is named or it is not there. */
	readonly proxyAuthority: string | undefined;
	/** What makes container images. */
	readonly builder: ChosenBuilder;
	/** Ranges and addresses of the cloud, where they are known before an image is made. */
	readonly cloudRanges?: readonly string[];
};

export type ImageStep = Step<ImageEnv>;

/** What of a finished guest image servers are made from: its name beside the image, and Glance's word for its form. */
export type ServerDisk = {readonly file: 'root.tar' | 'disk.qcow2'; readonly format: 'raw' | 'qcow2'};

/** Besides, a cloud that images are put into. */
export type CloudEnv = ImageEnv & {
	readonly api: OpenstackApi;
	readonly serverDisk: ServerDisk;
};

export type CloudStep = Step<CloudEnv>;

/** The registry that guests pull from, as guests, its machine and the host name it. */
export type Registry = {
	/** HOST:PORT, as images are named by. */
	readonly address: string;
	/** Whether it is asked without TLS. */
	readonly isPlain: boolean;
	/** On its machine: the certificate of the authority by which it is known; undefined for one without TLS or known to everybody. */
	readonly authorityFile?: string;
};

/** Besides, a registry. */
export type RegistryEnv = ImageEnv & {
	/** Where the registry stands. */
	readonly machine: Machine;
	/** Asked for each time: addresses may be known late. */
	readonly registry: () => Registry;
};

export type RegistryStep = Step<RegistryEnv>;
