import type {Config} from '../../config/schema.js';
import type {DevstackStep} from './devstackEnv.js';
import {editable} from './editable.js';
import {fetchSteps} from './fetchSteps.js';
import type {ChangedMachine} from './hostChange.js';
import {hostChangeSteps} from './hostChangeSteps.js';
import {hostRecord} from './hostRecord.js';
import {devstackImages, imageTools} from './imageSteps.js';
import {inventory} from './inventory.js';
import {devstackK2hr3Steps} from './k2hr3.js';
import {localConf} from './localConf.js';
import {moreVersions} from './moreVersions.js';
import {network} from './network.js';
import {passwords} from './passwords.js';
import {plugin} from './plugin.js';
import {repositories} from './repositories.js';
import {services, stack} from './stack.js';
import {tellTrove} from './tellTrove.js';
import {user} from './user.js';

/** The steps of profile `devstack`; components that are switched off are not among them, nor changes of the machine where it is not known. */
export const devstackSteps = (config: Pick<Config, 'components' | 'datastore' | 'devstack' | 'images' | 'k2hr3' | 'release' | 'sources'>, machine?: ChangedMachine): readonly DevstackStep[] => {
	const [checkouts, tools, versions, changes] = [repositories(config), imageTools(config), moreVersions(config), hostChangeSteps(config, machine)];
	const ahead = fetchSteps(machine, checkouts.map(({id}) => id), tools.map(({id}) => id));
	return [
		...changes.before, passwords, user, hostRecord(tools.map(({id}) => id)), ...checkouts, plugin, localConf,
		...ahead, stack([...checkouts, ...changes.before].map(({id}) => id), ahead.map(({id}) => id)), ...changes.after, network,
		services, ...(config.components.compute ? [inventory] : []),
		...versions, tellTrove(versions.map(({id}) => id)), ...editable(config), ...tools, ...devstackImages(config), ...devstackK2hr3Steps(config),
	];
};
