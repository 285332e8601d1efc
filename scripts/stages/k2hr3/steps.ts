import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import type {Step} from '../../pipeline/types.js';
import {k2hr3Existing} from './existing.js';
import type {K2hr3Env} from './k2hr3Env.js';
import {k2hr3Key} from './keyPair.js';
import {k2hr3Place} from './place.js';
import {k2hr3Server} from './server.js';

/** Beside its image, by what K2HR3 it is: one that is built, one that is there already, none. `proxy`: the steps by which one that is built is reached from outside. */
export const k2hr3ServerSteps = <T extends K2hr3Env>(config: Pick<Config, 'components' | 'k2hr3' | 'sources'>, proxy: ReadonlyArray<Step<T>>): ReadonlyArray<Step<T>> => {
	switch (chooseK2hr3(config).kind) {
		case 'built': {
			return [...proxy, k2hr3Key, k2hr3Place, k2hr3Server];
		}

		case 'existing': {
			return [k2hr3Existing];
		}

		case 'leftOut': {
			return [];
		}
	}
};
