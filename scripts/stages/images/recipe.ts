import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {containerNames, type ContainerName} from '../../config/containerNames.js';
import {k2hr3OriginOf} from '../../config/k2hr3Source.js';
import {packageRoot} from '../../packageRoot.js';
import {packageHash, patchHash} from '../datastore/content.js';
import {definition as k2hr3Definition, hooks as k2hr3Hooks, k2hr3Directories, packages as k2hr3Packages, suite as k2hr3Suite} from '../k2hr3/definition.js';
import type {ImageEnv} from '../imageEnv.js';
import {containerImages} from './containers/images.js';
import {imageDirectory, isBuilt, type ContainerImage} from './containers/image.js';
import {definition, guestHooks, guestPackages} from './definition.js';
import {guestLayer} from './guest.js';
import {guestFileDirectory, wantedFile} from './guestFile.js';
import {guestWheels, wheelPins} from './guestWheels.js';
import {settingsFiles} from './settings.js';

/** SHA-256 of each file of the definition by its path there. */
const filesOf = (directory: string): Record<string, string> => Object.fromEntries(readdirSync(directory, {recursive: true, withFileTypes: true})
	.filter(entry => entry.isFile())
	.map(({parentPath, name}) => path.join(parentPath, name))
	.toSorted()
	.map(file => [path.relative(directory, file), createHash('sha256').update(readFileSync(file)).digest('hex')]));

/** All that the guest image is made from, layer by layer, for a person who wants to know or to make it by hand. */
const guestRecipe = (env: Pick<ImageEnv, 'config' | 'paths' | 'proxyAuthority' | 'cloudRanges'>): Readonly<Record<string, unknown>> => {
	const {images: {guest}, sources, release} = env.config;
	const wheels = guestWheels(env.config);
	return {
		base: {directory: guestLayer(env, 'base'), suite: guest.suite, packages: guestPackages(env.config), hooks: guestHooks(env.config)},
		agent: {directory: guestLayer(env, 'agent'), release, source: sources.trove[release], hunk: `sha256:${patchHash()}`, package: `sha256:${packageHash()}`, ...(wheels !== undefined && {python: wheels.python, wheels: wheelPins(wheels)})},
		image: {directory: guestLayer(env, 'image'), definition: filesOf(definition), ipv6: guest.ipv6, preload: guest.preload, settings: settingsFiles(env).map(({path}) => path)},
	};
};

/** The same for an image that was built elsewhere. */
const fileRecipe = (env: Pick<ImageEnv, 'config' | 'paths'>): Readonly<Record<string, unknown>> => ({...wantedFile(env.config), directory: guestFileDirectory(env)});

const containerRecipe = async (env: ImageEnv, image: ContainerImage): Promise<Readonly<Record<string, unknown>>> => {
	const known = {...image.recipe, directory: imageDirectory(env, image)};
	return isBuilt(image) ? {...known, definition: filesOf(path.join(packageRoot, 'images', image.name)), dockerfile: await image.render(env)} : known;
};

const leftOut = {leftOut: 'sources.k2hdkc does not say where the programs of K2HDKC come from'};

/** Recipes of the image for each version that has one of its own: by its name, with the tag where it is not of the default version. */
const containerRecipes = async (env: ImageEnv, wanted: ContainerName): Promise<ReadonlyArray<readonly [string, unknown]>> => {
	const images = containerImages(env.config).filter(({name}) => name === wanted);
	return images.length === 0
		? [[wanted, leftOut]]
		: Promise.all(images.map(async (image, index) => [index === 0 ? wanted : `${wanted}:${image.tag}`, await containerRecipe(env, image)] as const));
};

/** The image of the K2HR3 server; undefined where the configuration has none. */
const k2hr3Recipe = (env: Pick<ImageEnv, 'config' | 'paths'>): Readonly<Record<string, unknown>> | undefined => {
	const programs = k2hr3OriginOf(env.config);
	const {base, image} = k2hr3Directories(env);
	return programs && {
		base: {directory: base, suite: k2hr3Suite, packages: k2hr3Packages(), hooks: k2hr3Hooks},
		image: {directory: image, definition: filesOf(k2hr3Definition), programs},
	};
};

/** The recipe of each image by its name. @throws ToolError K2D6008, K2D6021 */
export const imageRecipes = async (env: ImageEnv): Promise<Readonly<Record<string, unknown>>> => {
	const containers = await Promise.all(containerNames.map(async name => containerRecipes(env, name)));
	const k2hr3 = k2hr3Recipe(env);
	return {
		guest: env.config.images.guest.file === null ? guestRecipe(env) : fileRecipe(env), ...Object.fromEntries(containers.flat()),
		...(k2hr3 !== undefined && {k2hr3}),
	};
};
