import {reasonAgainstBuilding, removeBuilt, timeCachedUp, timeColdUp} from './build.js';
import type {Bench} from './figure.js';

const factor = 0.5;

export const cached: Bench = {
	title: 'up from the cache after down --depth sources, against up from nothing, once each',
	async run() {
		const reason = reasonAgainstBuilding();
		if (reason !== undefined) {
			return {skip: reason};
		}

		const coldSeconds = await timeColdUp();
		return [
			{what: 'cold k2hdkc-devstack up', value: coldSeconds, unit: 's'},
			{what: 'up after down, from the cache', value: await timeCachedUp(), unit: 's', budget: {value: coldSeconds * factor, words: `${factor * 100} % of cold`}},
		];
	},
	cleanUp: removeBuilt,
};
