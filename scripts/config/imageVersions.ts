import type {Config} from './schema.js';

type Needed = Pick<Config, 'datastore' | 'images'>;

export type ImageVersion<C extends Needed> = {
	/** What its steps and recipes bear behind their names; nothing for the default version. */
	readonly suffix: string;
	/** The configuration with this version as the default one. */
	readonly config: C;
};

/**
 * Versions that container images are made for: the default one, then those that name a variant of their own. A ready-made image is that of the
 * default version alone.
 */
export const imageVersions = <C extends Needed>(config: C): ReadonlyArray<ImageVersion<C>> => {
	const {datastore, images} = config;
	const others = datastore.versions.filter(({name, variant}) => variant !== undefined && name !== datastore.defaultVersion);
	const built = {...images, database: {...images.database, from: null}, backup: {...images.backup, from: null}};
	return [
		{suffix: '', config},
		...others.map(({name}) => ({suffix: `.${name}`, config: {...config, images: built, datastore: {...datastore, defaultVersion: name}}})),
	];
};
