import type {Config} from '../../config/schema.js';
import {containerNames} from '../../config/containerNames.js';
import {containerImages} from '../images/containers/images.js';
import {imageSteps} from '../images/imageSteps.js';
import {imageStore} from '../images/store.js';
import {installImageTools, installRootTools} from '../machine/hostPackages.js';
import type {DevstackStep} from './devstackEnv.js';
import {registry, registryPackages} from './registry.js';

type Needed = Pick<Config, 'components' | 'datastore' | 'images' | 'k2hr3' | 'release' | 'sources'>;

/** What steps that other profiles have too call what they stand on, by the step that it is here. */
const here: Readonly<Record<string, string>> = {glance: 'devstack.services'};

const hasContainers = (config: Needed): boolean => containerImages(config).length > 0;

/**
 * Programs that make images, and the place for them. All of it before stack.sh begins: that does not wait for another apt, and what comes on the
 * machine while it runs counts as its own.
 */
export const imageTools = (config: Needed): readonly DevstackStep[] =>
	config.components.images ? [installRootTools, imageStore, installImageTools, ...(hasContainers(config) ? [registryPackages] : [])] : [];

/** The steps that make images, beside stack.sh, and put them where they are used, after it. */
export const devstackImages = (config: Needed): readonly DevstackStep[] => {
	if (!config.components.images) {
		return [];
	}

	const steps = imageSteps(config);
	const wanted = (['guest', ...containerNames] as const).map(name => steps[name]);
	const made = [...new Set([...wanted.flatMap(({build}) => build), ...wanted.flatMap(({push}) => push)])];
	return [...(hasContainers(config) ? [registry] : []), ...made.map(step => ({...step, needs: step.needs.map(id => here[id] ?? id)}))];
};
