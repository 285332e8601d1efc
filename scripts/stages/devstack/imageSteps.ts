import type {Config} from '../../config/schema.js';
import {containerNames} from '../../config/containerNames.js';
import {containerImages} from '../images/containers/images.js';
import {imageSteps} from '../images/imageSteps.js';
import {imageStore} from '../images/store.js';
import {hostPackagesStep, hostRecord, installHostPackages, installImageTools} from '../machine/hostPackages.js';
import type {DevstackEnv, DevstackStep} from './devstackEnv.js';
import {k2hr3Tools} from './k2hr3.js';
import {onDevstack} from './onDevstack.js';
import {registry, registryPackages} from './registry.js';

type Needed = Pick<Config, 'components' | 'datastore' | 'images' | 'k2hr3' | 'release' | 'sources'>;

const hasContainers = (config: Needed): boolean => containerImages(config).length > 0;

/** Debian 13's buildah asks for netavark before it does anything, and does not depend on it; Ubuntu 22.04 has no such package, nor a buildah that asks. */
const networkOfBuilder = ({facts: {system}}: Pick<DevstackEnv, 'facts'>): {readonly packages: readonly string[]; readonly reason: string} =>
	system.id === 'ubuntu' && system.version === '22.04' ? {packages: [], reason: `${system.title} has no netavark`} : {packages: ['netavark'], reason: 'netavark for buildah'};

/** What a sandbox stands on is not needed here; pip knows where the Python package index is. */
const installRootTools = hostPackagesStep<DevstackEnv>({
	id: installHostPackages.id,
	stage: 'machine',
	title: 'Programs of the machine that make root file systems and fetch what goes into them',
	needs: [],
	packages: ['mmdebstrap', 'systemd-container', 'debian-archive-keyring', 'arch-test', 'curl', 'patch', 'util-linux', 'python3-pip'],
	found: networkOfBuilder,
	record: hostRecord,
});

/**
 * Programs that make images, and the place for them. All of it before stack.sh begins: that does not wait for another apt, and what comes on the
 * machine while it runs counts as its own.
 */
export const imageTools = (config: Needed): readonly DevstackStep[] => {
	const [forImages, forK2hr3] = [config.components.images && hasContainers(config) ? [registryPackages] : [], k2hr3Tools(config)];
	return config.components.images || forK2hr3.length > 0 ? [installRootTools, imageStore, installImageTools, ...forImages, ...forK2hr3] : [];
};

/** The steps that make images, beside stack.sh, and put them where they are used, after it. */
export const devstackImages = (config: Needed): readonly DevstackStep[] => {
	if (!config.components.images) {
		return [];
	}

	const steps = imageSteps(config);
	const wanted = (['guest', ...containerNames] as const).map(name => steps[name]);
	const made = [...new Set([...wanted.flatMap(({build}) => build), ...wanted.flatMap(({push}) => push)])];
	return [...(hasContainers(config) ? [registry] : []), ...made.map(step => onDevstack(step))];
};
