import type {BaseImageOrigin} from '../../../config/k2hdkcSource.js';
import {pythonIndex} from '../../../sources/pypi.js';
import {debianMirror} from '../../machine/debianSources.js';
import type {BackupImage} from '../backupDockerfile.js';
import {distributions} from '../distributions.js';
import {neededPackages, type DatabaseImage} from '../dockerfile.js';

/** What making the base asks of the outside. */
export const baseReaches = ({origin}: {readonly origin: BaseImageOrigin}): readonly string[] => ['suite' in origin ? debianMirror : `the registry of ${origin.reference}`];

/** A hook may ask for anything: with one the image is built while there is a network. */
const ofHooks = ({hooks}: {readonly hooks: readonly string[]}): readonly string[] => hooks.length > 0 ? ['whatever the hooks ask for'] : [];

/** What building the image over its base asks of the outside. */
export const buildReaches = (image: Pick<DatabaseImage, 'variant' | 'k2hdkc' | 'extraPackages' | 'baseHas' | 'hooks'>): readonly string[] => {
	const lacking = neededPackages(image).filter(name => !image.baseHas.includes(name));
	return [...(lacking.length > 0 || image.k2hdkc.kind === 'packages' ? [`the packages of ${image.variant}`] : []), ...ofHooks(image)];
};

/** The same for the backup image: `python` says whether python3 and its libraries are at hand as a layer. */
export const backupReaches = (image: Pick<BackupImage, 'variant' | 'hooks'>, python: boolean): readonly string[] => [
	...(python ? [] : [`the packages of ${image.variant}`, ...(distributions[image.variant].python.build === null ? [] : [pythonIndex])]),
	...ofHooks(image),
];
