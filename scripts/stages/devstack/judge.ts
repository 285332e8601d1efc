import type {Check, CheckResult} from '../../commands/environment.js';
import type {Config} from '../../config/schema.js';
import type {MachineFacts} from './facts.js';
import type {DevstackPort, DevstackRelease} from './support.js';

/** What a machine is measured by. */
export type Wanted = Pick<Config, 'release' | 'devstack' | 'components'> & {
	readonly support: DevstackRelease;
	readonly ports: readonly DevstackPort[];
	/** Images, or the one of K2HR3. */
	readonly makesImages: boolean;
};

/** One thing that a machine must have, or be clear of. */
export type Judge = Pick<Check, 'id' | 'title' | 'stage'> & {
	readonly judge: (facts: MachineFacts, wanted: Wanted) => CheckResult;
};
