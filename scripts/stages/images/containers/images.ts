import type {ContainerName} from '../../../config/containerNames.js';
import type {Config} from '../../../config/schema.js';
import {ToolError} from '../../../errors/toolError.js';
import {backupOf} from './backup.js';
import {databaseOf} from './definition.js';
import type {ContainerImage} from './image.js';

type Needed = Pick<Config, 'datastore' | 'images' | 'release' | 'sources'>;

/** The container images that a configuration can have. */
export const containerImages = (config: Needed): readonly ContainerImage[] => [databaseOf(config), backupOf(config)].filter(image => image !== undefined);

/** @throws ToolError K2D6008 when the configuration cannot have it. */
export const containerImage = (config: Needed, wanted: ContainerName): ContainerImage => {
	const image = containerImages(config).find(({name}) => name === wanted);
	if (image === undefined) {
		throw new ToolError('K2D6008', 'sources.k2hdkc does not say where the programs of K2HDKC come from');
	}

	return image;
};
