import type {Config} from '../../config/schema.js';
import type {DevstackStep} from './devstackEnv.js';
import {hostRecord} from './hostRecord.js';
import {localConf} from './localConf.js';
import {passwords} from './passwords.js';
import {plugin} from './plugin.js';
import {repositories} from './repositories.js';
import {services, stack} from './stack.js';
import {user} from './user.js';

/** The steps of profile `devstack`; components that are switched off are not among them. */
export const devstackSteps = (config: Pick<Config, 'components'>): readonly DevstackStep[] => {
	const checkouts = repositories(config);
	return [passwords, user, hostRecord, ...checkouts, plugin, localConf, stack(checkouts.map(({id}) => id)), services];
};
