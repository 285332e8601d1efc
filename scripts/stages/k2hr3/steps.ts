import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import type {SandboxStep} from '../sandboxEnv.js';
import {k2hr3Existing} from './existing.js';
import {k2hr3ImageSteps} from './imageSteps.js';
import {k2hr3Key} from './keyPair.js';
import {k2hr3Place} from './place.js';
import {k2hr3Download, k2hr3Packages, k2hr3Proxy} from './proxy.js';
import {k2hr3Server} from './server.js';

type Needed = Pick<Config, 'components' | 'k2hr3' | 'sources'>;

/** Beside its image, by what K2HR3 it is: one that is built, one that is there already, none. */
const stepsOf: Readonly<Record<ReturnType<typeof chooseK2hr3>['kind'], readonly SandboxStep[]>> = {
	built: [k2hr3Download, k2hr3Packages, k2hr3Key, k2hr3Place, k2hr3Proxy, k2hr3Server],
	existing: [k2hr3Existing],
	leftOut: [],
};

/** Without those of its image. */
export const k2hr3ServerSteps = (config: Needed): readonly SandboxStep[] => stepsOf[chooseK2hr3(config).kind];

export const k2hr3Steps = (config: Needed): readonly SandboxStep[] => {
	const {build, push} = k2hr3ImageSteps(config);
	return [...build, ...push, ...k2hr3ServerSteps(config)];
};
