import type {Config} from '../config/schema.js';
import type {Step} from '../pipeline/types.js';
import {devstackSteps} from './devstack/steps.js';
import {sandboxSteps} from './sandbox.js';

/** The steps of a configuration, by how its OpenStack gets there. */
export const profileSteps = (config: Config): readonly Step[] =>
	(config.controlPlane === 'devstack' ? devstackSteps(config) : sandboxSteps(config)) as readonly Step[];
