import type {BaseImageOrigin} from '../../../config/k2hdkcSource.js';
import type {Variant} from '../../../config/schema/variants.js';
import {pythonIndex} from '../../../sources/pypi.js';
import {debianMirror} from '../../machine/debianSources.js';
import {distributions} from '../distributions.js';
import {neededPackages, type DatabaseImage} from '../dockerfile.js';

/** What making the base asks of the outside. */
export const baseReaches = ({origin}: {readonly origin: BaseImageOrigin}): readonly string[] => ['suite' in origin ? debianMirror : `the registry of ${origin.reference}`];

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

/** The same for the backup image: `python` says whether python3 and its libraries are at hand as a layer. */
export const backupReaches = (variant: Variant, python: boolean): readonly string[] =>
	python ? [] : [`the packages of ${variant}`, ...(distributions[variant].python.build === null ? [] : [pythonIndex])];
