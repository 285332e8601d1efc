import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import type {SandboxStep} from '../sandboxEnv.js';
import {k2hr3Base, k2hr3Image, k2hr3ImageFile} from './image.js';
import {k2hr3Place} from './place.js';
import {k2hr3Download, k2hr3Packages, k2hr3Proxy} from './proxy.js';
import {k2hr3Server} from './server.js';

/** Steps of a K2HR3 that is built; none where there is one already, or where it cannot be had. */
export const k2hr3Steps = (config: Pick<Config, 'components' | 'k2hr3' | 'sources'>): readonly SandboxStep[] =>
	chooseK2hr3(config).kind === 'built' ? [k2hr3Base, k2hr3ImageFile, k2hr3Download, k2hr3Packages, k2hr3Image, k2hr3Place, k2hr3Proxy, k2hr3Server] : [];
