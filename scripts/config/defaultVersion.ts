import type {Config} from './schema.js';
import type {Variant} from './schema/variants.js';

/** What Trove asks for when a user names no version: the tag of the container images, and the distribution that they are made from. */
export const defaultVersion = ({datastore, images}: Pick<Config, 'datastore' | 'images'>): {readonly tag: string; readonly variant: Variant} => {
	const found = datastore.versions.find(({name}) => name === datastore.defaultVersion);
	return {tag: found?.version ?? datastore.defaultVersion, variant: found?.variant ?? images.database.variant};
};
