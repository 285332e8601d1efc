import type {ContainerName} from '../../../config/containerNames.js';
import {imageVersions} from '../../../config/imageVersions.js';
import type {Config} from '../../../config/schema.js';
import {ToolError} from '../../../errors/toolError.js';
import {backupOf} from './backup.js';
import {databaseOf} from './definition.js';
import type {ContainerImage} from './image.js';

type Needed = Pick<Config, 'datastore' | 'images' | 'release' | 'sources'>;

/** The container images that a configuration can have, those of the default version first. */
export const containerImages = (config: Needed): readonly ContainerImage[] =>
	imageVersions(config).flatMap(({config: each}) => [databaseOf(each), backupOf(each)]).filter(image => image !== undefined);

/** That of the default version. @throws ToolError K2D6008 when the configuration cannot have it. */
export const containerImage = (config: Needed, wanted: ContainerName): ContainerImage => {
	const image = containerImages(config).find(({name}) => name === wanted);
	if (image === undefined) {
		throw new ToolError('K2D6008', 'sources.k2hdkc does not say where the programs of K2HDKC come from');
	}

	return image;
};
