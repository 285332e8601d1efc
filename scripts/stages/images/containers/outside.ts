import {debianMirror} from '../../machine/debianSources.js';
import {neededPackages, type DatabaseImage} from '../dockerfile.js';
import type {Database} from './definition.js';

/** What making the base asks of the outside. */
export const baseReaches = ({base}: Pick<Database, 'base'>): readonly string[] => ['suite' in base ? debianMirror : `the registry of ${base.reference}`];

/**
 * What building the image over its base asks of the outside. A hook may ask for anything: with one the image is built while
 * there is a network.
 */
export const buildReaches = (image: Pick<DatabaseImage, 'variant' | 'k2hdkc' | 'extraPackages' | 'baseHas' | 'hooks'>): readonly string[] => {
	const lacking = neededPackages(image).filter(name => !image.baseHas.includes(name));
	return [
		...(lacking.length > 0 || image.k2hdkc.kind === 'packages' ? [`the packages of ${image.variant}`] : []),
		...(image.hooks.length > 0 ? ['whatever the hooks ask for'] : []),
	];
};
