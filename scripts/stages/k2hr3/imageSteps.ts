import type {K2hr3Origin} from '../../config/k2hr3Origin.js';
import {k2hr3OriginOf} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import type {CloudStep, ImageStep} from '../imageEnv.js';
import {k2hr3Base, k2hr3Image, k2hr3ImageFile} from './image.js';
import {prefixOfImage} from './prefixOfImage.js';
import {prefixOfNpm} from './prefixOfNpm.js';

/** What brings the programs; nothing where they are in a directory of the host. */
const prefixSteps = (origin: K2hr3Origin, sources: Config['sources']): readonly ImageStep[] => {
	if ('npm' in origin) {
		return [prefixOfNpm(origin.npm, sources)];
	}

	return 'image' in origin ? [prefixOfImage(origin.image)] : [];
};

/** The steps of the image of the K2HR3 server: they make it, and put it into Glance. None where the configuration has no such image. */
export const k2hr3ImageSteps = (config: Pick<Config, 'k2hr3' | 'sources'>): {readonly build: readonly ImageStep[]; readonly push: readonly CloudStep[]} => {
	const origin = k2hr3OriginOf(config);
	if (origin === undefined) {
		return {build: [], push: []};
	}

	const before = prefixSteps(origin, config.sources);
	return {build: [k2hr3Base, ...before, {...k2hr3ImageFile, needs: [...k2hr3ImageFile.needs, ...before.map(({id}) => id)]}], push: [k2hr3Image]};
};
