import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import {firstRange} from '../addresses.js';
import {lastOf} from '../k2hr3/facts.js';
import type {K2hr3Place} from '../k2hr3/k2hr3Env.js';
import type {DevstackPort} from './support.js';

/** The network `private`, which DevStack makes first of all in the range of private addresses, by its SUBNETPOOL_SIZE_V4. */
export const privateNetwork = ({private: range}: Pick<Config['devstack']['ranges'], 'private'>): string => firstRange(range, 26);

/** Where the server is in a DevStack on the machine with that address. */
export const devstackPlace = ({devstack: {ranges}}: Pick<Config, 'devstack'>, machine: string): K2hr3Place => ({
	...lastOf({private: privateNetwork(ranges), public: ranges.floating}), machine, identity: `http://${machine}/identity`,
});

/** Ports of the machine by which one that is built is reached. */
export const k2hr3Ports = (config: Pick<Config, 'components' | 'k2hr3' | 'sources'>): readonly DevstackPort[] =>
	chooseK2hr3(config).kind === 'built' ? [config.k2hr3.ports.api, config.k2hr3.ports.app].map(port => ({port, service: 'K2HR3'})) : [];
