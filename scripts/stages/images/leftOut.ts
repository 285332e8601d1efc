import type {SummaryFacts} from '../../commands/environment.js';
import {containerNames} from '../../config/containerNames.js';
import type {Config} from '../../config/schema.js';
import {containerImages} from './containers/images.js';

/** Container images that the configuration does not say how to make. */
export const leftOutContainers = (config: Config): SummaryFacts['leftOut'] => {
	const built = new Set(containerImages(config).map(({name}) => name));
	return containerNames.filter(name => !built.has(name)).map(name => ({
		what: `${name} image`, why: 'no distribution has the programs of K2HDKC; sources.k2hdkc says where they come from',
	}));
};
