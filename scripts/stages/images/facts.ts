import path from 'node:path';
import {ToolError} from '../../errors/toolError.js';
import type {ImageFacts} from '../../commands/environment.js';
import {containerNames, type ContainerName} from '../../config/containerNames.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {readBooted} from './bootCheck.js';
import {containerImages} from './containers/images.js';
import {changedSurroundings} from './containers/build.js';
import {isChecked} from './containers/check.js';
import {repositoryOf} from './containers/identity.js';
import {imageDirectory, type ContainerImage} from './containers/image.js';
import {imageId, pushedId, registryReference} from './containers/push.js';
import {guestName} from './definition.js';
import {guestLayer} from './guest.js';
import {guestFileDirectory, nameOfFile} from './guestFile.js';
import {readManifest, type Manifest} from './manifest.js';
import {guestRegistration} from './register.js';

/** Directories of such an image that were made from other inputs than those of the configuration. */
const others = async ({host, paths, config}: SandboxEnv, current: string): Promise<string[]> => {
	const wanted = new Set([current, ...containerImages(config).map(each => imageDirectory({paths}, each))]);
	const {stdout} = await host.run(['find', paths.images, '-mindepth', '1', '-maxdepth', '1', '-name', path.basename(current).replace(/[\da-f]{16}$/, '*'), '-not', '-name', '*.partial-*'], {allow: 'any'});
	return stdout.split('\n').filter(directory => directory !== '' && !wanted.has(directory));
};

/** Where it stands in Glance; `name` is that of its directory. An environment that does not run is no error here. */
const inGlance = async (env: SandboxEnv, name: string): Promise<string> => {
	try {
		const {current, wanted} = await guestRegistration(env, 10) ?? {};
		const from = wanted?.origin === name ? '' : `, from ${wanted?.origin}`;
		return current ? `Glance ${current.id}${from}` : 'not in Glance';
	} catch (error) {
		if (error instanceof ToolError) {
			return 'not known: Glance does not answer';
		}

		throw error;
	}
};

type Wanted = {readonly image: 'guest' | ContainerName; readonly name: string; readonly tag?: string; readonly directory: string; /** Of the image that is there. */ readonly digest: (manifest: Manifest) => Promise<string | undefined>; /** What speaks against the image that is there. */ readonly changed?: (manifest: Manifest) => Promise<string | undefined>; /** Whether it passed its check. */ readonly proved: () => Promise<boolean>; readonly registered: () => Promise<string>};

const factsOf = async (env: SandboxEnv, {image, name, tag, directory, digest, changed, proved, registered}: Wanted): Promise<ImageFacts> => {
	const known = {image, name, ...(tag !== undefined && {tag}), directory, inputs: directory.slice(directory.lastIndexOf('-') + 1)};
	const manifest = await readManifest(env.host, directory);
	if (manifest !== undefined) {
		const why = await changed?.(manifest);
		const id = await digest(manifest);
		const now = await proved() ? 'up to date' : 'not in use: it has not passed its check';
		return {...known, ...(id !== undefined && {digest: id}), made: manifest.made, files: manifest.files, state: why === undefined ? now : `out of date: ${why}`, registered: await registered()};
	}

	const old = await others(env, directory);
	return {...known, files: [], state: old.length === 0 ? 'not built' : `out of date: what is there was made from other inputs (${old.join(', ')})`, registered: '-'};
};

const inRegistry = async (env: SandboxEnv, image: ContainerImage): Promise<string> => {
	const id = await pushedId(env, image);
	return id === undefined ? 'not in the registry' : `${registryReference(env, image)}, ${id.slice(0, 19)}`;
};

const containerFacts = async (env: SandboxEnv, wanted: ContainerName): Promise<readonly ImageFacts[]> => {
	const images = containerImages(env.config).filter(({name}) => name === wanted);
	if (images.length === 0) {
		return [{image: wanted, name: repositoryOf(env.config, wanted), files: [], directory: '-', state: 'left out: sources.k2hdkc does not say where K2HDKC comes from', registered: '-'}];
	}

	return Promise.all(images.map(async image => factsOf(env, {
		image: wanted, name: image.repository, tag: image.tag, directory: imageDirectory(env, image), digest: async () => imageId(env, image),
		changed: async manifest => changedSurroundings(env, image, manifest), proved: async () => isChecked(env, image),
		registered: async () => inRegistry(env, image).catch(() => 'not known: the registry does not answer'),
	})));
};

/** The built guest image, or that of a file where the configuration names one. */
const guestFacts = async (env: SandboxEnv): Promise<ImageFacts> => {
	const {host, config} = env;
	const {file} = config.images.guest;
	const [name, directory] = file === null ? [guestName(config), guestLayer(env, 'image')] : [nameOfFile(file), guestFileDirectory(env)];
	return factsOf(env, {
		image: 'guest', name, directory,
		async digest({files}) {
			return files[0] && `sha256:${files[0].sha256}`;
		},
		proved: async () => await readBooted(host, directory) !== undefined,
		registered: async () => inGlance(env, path.basename(directory)),
	});
};

/** What there is of each image of the configuration. */
export const imageFacts = async (env: SandboxEnv): Promise<readonly ImageFacts[]> => [
	await guestFacts(env),
	...(await Promise.all(containerNames.map(async name => containerFacts(env, name)))).flat(),
];
