import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {packageHash, patchHash} from '../datastore/content.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {databaseLayer} from './containers/base.js';
import {databaseDefinition, databaseOf} from './containers/definition.js';
import {definition, guestHooks, guestPackages, guestWheels} from './definition.js';
import {guestLayer} from './guest.js';
import {settingsFiles} from './settings.js';

/** SHA-256 of each file of the definition by its path there. */
const filesOf = (directory: string): Record<string, string> => Object.fromEntries(readdirSync(directory, {recursive: true, withFileTypes: true})
	.filter(entry => entry.isFile())
	.map(({parentPath, name}) => path.join(parentPath, name))
	.toSorted()
	.map(file => [path.relative(directory, file), createHash('sha256').update(readFileSync(file)).digest('hex')]));

/** All that the guest image is made from, layer by layer, for a person who wants to know or to make it by hand. */
const guestRecipe = (env: Pick<SandboxEnv, 'config' | 'paths' | 'proxyAuthority'>): Readonly<Record<string, unknown>> => {
	const {images: {guest}, sources, release} = env.config;
	return {
		base: {directory: guestLayer(env, 'base'), suite: guest.suite, packages: guestPackages(env.config), hooks: guestHooks(env.config)},
		agent: {directory: guestLayer(env, 'agent'), release, source: sources.trove[release], hunk: `sha256:${patchHash()}`, package: `sha256:${packageHash()}`, wheels: guestWheels(env.config)},
		image: {directory: guestLayer(env, 'image'), definition: filesOf(definition), ipv6: guest.ipv6, preload: guest.preload, settings: settingsFiles(env).map(({path}) => path)},
	};
};

const databaseRecipe = (env: Pick<SandboxEnv, 'config' | 'paths'>): Readonly<Record<string, unknown>> => {
	const database = databaseOf(env.config);
	if (database === undefined) {
		return {leftOut: 'sources.k2hdkc does not say where the programs of K2HDKC come from'};
	}

	const {base, basePackages, origin, repository, tag, dockerfile} = database;
	return {
		base: {directory: databaseLayer(env, 'base'), ...base, packages: basePackages},
		image: {directory: databaseLayer(env, 'image'), name: `${repository}:${tag}`, k2hdkc: origin, definition: filesOf(databaseDefinition), dockerfile},
	};
};

/** The recipe of each image by its name. */
export const imageRecipes = (env: Pick<SandboxEnv, 'config' | 'paths' | 'proxyAuthority'>): Readonly<Record<string, unknown>> => ({guest: guestRecipe(env), database: databaseRecipe(env)});
