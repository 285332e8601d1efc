import type {ContainerName} from '../../../config/containerNames.js';
import type {Variant} from '../../../config/schema/variants.js';
import type {ImageEnv} from '../../imageEnv.js';
import type {Contract} from './contract.js';

/** What an image is built from beside its inputs: it lies on the host and may change there. */
export type Surroundings = {
	/** One checksum of it; undefined when there is nothing of the kind. @throws ToolError K2D6008 when it is not usable. */
	readonly checksum: (env: ImageEnv) => Promise<string | undefined>;
	/** What it is, as the end of the sentence "it was made from other …". */
	readonly what: string;
	/** Puts all that the Dockerfile copies into the build context, a directory on the host. */
	readonly fill: (env: ImageEnv, context: string, signal: AbortSignal) => Promise<void>;
};

/** A container image of the configuration. */
export type ContainerImage = {
	readonly name: ContainerName;
	/** Without registry and tag, e.g. antpickax/k2hdkc-trove. */
	readonly repository: string;
	/** The datastore version for which Trove asks for this image. */
	readonly tag: string;
	readonly variant: Variant;
	/** All that it depends on but its surroundings. */
	readonly inputs: unknown;
	/** Directory that it has in the store of images. */
	readonly directory: string;
	readonly surroundings?: Surroundings;
	readonly contract: Contract;
	/** What it is made from, for a person. */
	readonly recipe: Readonly<Record<string, unknown>>;
};

/** One that is built here. */
export type BuiltImage = ContainerImage & {
	/** Archive that its Dockerfile begins with, in the store of images. */
	readonly base: string;
	/** Layers it is made from, by the names of their directories in the store. */
	readonly layers: readonly string[];
	/** Steps that make what it is built from. */
	readonly needs: readonly string[];
	/** What building it asks of the outside. */
	readonly reaches: readonly string[];
	/** The Dockerfile for what surrounds it now. @throws ToolError as `surroundings.checksum` does. */
	readonly render: (env: Pick<ImageEnv, 'host'>) => Promise<string>;
	readonly surroundings: Surroundings;
};

export const isBuilt = (image: ContainerImage): image is BuiltImage => 'render' in image;

/** Absolute path of the image in the store. */
export const imageDirectory = ({paths}: Pick<ImageEnv, 'paths'>, {directory}: Pick<ContainerImage, 'directory'>): string => `${paths.images}/${directory}`;

export const fullName = ({repository, tag}: Pick<ContainerImage, 'repository' | 'tag'>): string => `${repository}:${tag}`;
