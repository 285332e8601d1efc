import type {Config} from '../../config/schema.js';
import {containerNames} from '../../config/containerNames.js';
import {k2hr3ImageSteps} from '../k2hr3/imageSteps.js';
import type {ImageStep} from '../imageEnv.js';
import {guestCheck} from './bootCheck.js';
import {containerSteps, type ImageSteps} from './containers/all.js';
import {guestAgent, guestBase} from './guest.js';
import {guestFileSteps} from './guestFile.js';
import {guestSources} from './guestSources.js';
import {guestImageSteps} from './preloadStep.js';
import {guestRegistrationStep} from './register.js';

export const imageNames = ['guest', ...containerNames, 'k2hr3'] as const;
export type ImageName = typeof imageNames[number];

type Needed = Pick<Config, 'datastore' | 'images' | 'k2hr3' | 'release' | 'sources'>;

/** The steps that make the guest image, or take it from a file. */
const guestBuild = (config: Needed): readonly ImageStep[] =>
	config.images.guest.file === null ? [guestBase, guestSources, guestAgent, ...guestImageSteps(config), guestCheck] : guestFileSteps;

/** Steps of each image; none for those that the configuration cannot have. A step may be among those of several images. */
export const imageSteps = (config: Needed): Readonly<Record<ImageName, ImageSteps>> => ({
	guest: {build: guestBuild(config), push: [guestRegistrationStep(config)]},
	...containerSteps(config),
	k2hr3: k2hr3ImageSteps(config),
});

type Node = {readonly id: string; readonly needs: readonly string[]};

/** The steps and those among all that they need: one image may be built over another, or be in it. */
const withNeeded = (wanted: readonly Node[], all: readonly Node[]): readonly Node[] => {
	const needed = all.filter(({id}) => wanted.some(({needs}) => needs.includes(id)) && !wanted.some(step => step.id === id));
	return needed.length === 0 ? wanted : withNeeded([...needed, ...wanted], all);
};

/** Ids of the steps that make an image with all that it is made of, and of those that put it where it is used. */
export const imageStepIds = (config: Needed, name: ImageName): {readonly build: readonly string[]; readonly register: readonly string[]} => {
	const steps = imageSteps(config);
	const all = Object.values(steps).flatMap(({build}) => build);
	const ids = (nodes: readonly Node[]): readonly string[] => [...new Set(nodes.map(({id}) => id))];
	return {build: ids(withNeeded(steps[name].build, all)), register: ids(steps[name].push)};
};
