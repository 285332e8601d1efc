import path from 'node:path';
import {ToolError} from '../../errors/toolError.js';
import type {ImageFacts} from '../../commands/environment.js';
import {containerNames, type ContainerName} from '../../config/containerNames.js';
import {k2hr3OriginOf} from '../../config/k2hr3Source.js';
import {k2hr3Directories} from '../k2hr3/definition.js';
import {serverName} from '../k2hr3/facts.js';
import {changedPrograms, registeredImage} from '../k2hr3/image.js';
import type {CloudEnv, ImageEnv, RegistryEnv} from '../imageEnv.js';
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
import type {ImageName} from './imageSteps.js';
import {readManifest, type Manifest} from './manifest.js';
import {guestRegistration} from './register.js';

/** Directories of such an image that were made from other inputs than those of the configuration. */
const others = async ({host, paths, config}: ImageEnv, current: string): Promise<string[]> => {
	const wanted = new Set([current, ...containerImages(config).map(each => imageDirectory({paths}, each))]);
	const {stdout} = await host.run(['find', paths.images, '-mindepth', '1', '-maxdepth', '1', '-name', path.basename(current).replace(/[\da-f]{16}$/, '*'), '-not', '-name', '*.partial-*'], {allow: 'any'});
	return stdout.split('\n').filter(directory => directory !== '' && !wanted.has(directory));
};

/** Seconds until Glance counts as not there. */
const glancePatience = 10;

type Registered = Pick<ImageFacts, 'registered' | 'reference'>;

/** Where an image stands in Glance. An environment that does not run is no error here. */
const askGlance = async (ask: () => Promise<Registered>): Promise<Registered> => {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof ToolError) {
			return {registered: 'not known: Glance does not answer'};
		}

		throw error;
	}
};

const inGlance = (id: string | undefined, from = ''): Registered => id === undefined ? {registered: 'not in Glance'} : {registered: `Glance ${id}${from}`, reference: `Glance ${id}`};

/** Of the guest image; `name` is that of its directory. */
const guestInGlance = async (env: CloudEnv, name: string): Promise<Registered> => askGlance(async () => {
	const {current, wanted} = await guestRegistration(env, glancePatience) ?? {};
	return inGlance(current?.id, wanted?.origin === name ? '' : `, from ${wanted?.origin}`);
});

/** What a disk or a root is known by. */
const digestOfFile = async ({files}: Manifest): Promise<string | undefined> => files[0] && `sha256:${files[0].sha256}`;

type Wanted = {
	readonly image: ImageName;
	readonly name: string;
	readonly tag?: string;
	readonly directory: string;
	/** Of the image that is there. */
	readonly digest: (manifest: Manifest) => Promise<string | undefined>;
	/** What speaks against the image that is there. */
	readonly changed?: (manifest: Manifest) => Promise<string | undefined>;
	/** Whether it passed its check. */
	readonly proved: () => Promise<boolean>;
	readonly registered: () => Promise<Registered>;
};

const factsOf = async (env: ImageEnv, {image, name, tag, directory, digest, changed, proved, registered}: Wanted): Promise<ImageFacts> => {
	const known = {image, name, ...(tag !== undefined && {tag}), directory, inputs: directory.slice(directory.lastIndexOf('-') + 1)};
	const manifest = await readManifest(env.host, directory);
	if (manifest !== undefined) {
		const why = await changed?.(manifest);
		const id = await digest(manifest);
		const now = await proved() ? 'up to date' : 'not in use: it has not passed its check';
		return {...known, ...(id !== undefined && {digest: id}), made: manifest.made, files: manifest.files, state: why === undefined ? now : `out of date: ${why}`, ...await registered()};
	}

	const old = await others(env, directory);
	return {...known, files: [], state: old.length === 0 ? 'not built' : `out of date: what is there was made from other inputs (${old.join(', ')})`, registered: '-'};
};

const inRegistry = async (env: RegistryEnv, image: ContainerImage): Promise<Registered> => {
	const id = await pushedId(env, image);
	const name = registryReference(env.registry(), image);
	return id === undefined ? {registered: 'not in the registry'} : {registered: `${name}, ${id.slice(0, 19)}`, reference: `${name}:${image.tag}`};
};

const containerFacts = async (env: RegistryEnv, wanted: ContainerName): Promise<readonly ImageFacts[]> => {
	const images = containerImages(env.config).filter(({name}) => name === wanted);
	if (images.length === 0) {
		return [{image: wanted, name: repositoryOf(env.config, wanted), files: [], directory: '-', state: 'left out: sources.k2hdkc does not say where K2HDKC comes from', registered: '-'}];
	}

	return Promise.all(images.map(async image => factsOf(env, {
		image: wanted, name: image.repository, tag: image.tag, directory: imageDirectory(env, image), digest: async () => imageId(env, image),
		changed: async manifest => changedSurroundings(env, image, manifest), proved: async () => isChecked(env, image),
		registered: async () => inRegistry(env, image).catch(() => ({registered: 'not known: the registry does not answer'})),
	})));
};

/** The built guest image, or that of a file where the configuration names one. */
const guestFacts = async (env: CloudEnv): Promise<ImageFacts> => {
	const {host, config} = env;
	const {file} = config.images.guest;
	const [name, directory] = file === null ? [guestName(config), guestLayer(env, 'image')] : [nameOfFile(file), guestFileDirectory(env)];
	return factsOf(env, {
		image: 'guest', name, directory,
		digest: digestOfFile,
		proved: async () => await readBooted(host, directory) !== undefined,
		registered: async () => guestInGlance(env, path.basename(directory)),
	});
};

/** That of the K2HR3 server, where the configuration says what it is made from. */
const k2hr3Facts = async (env: CloudEnv): Promise<readonly ImageFacts[]> => {
	if (k2hr3OriginOf(env.config) === undefined) {
		return [];
	}

	return [await factsOf(env, {
		image: 'k2hr3', name: serverName, directory: k2hr3Directories(env).image,
		digest: digestOfFile,
		changed: async manifest => changedPrograms(env, manifest),
		// That its programs run there is tried while it is made.
		proved: async () => true,
		registered: async () => askGlance(async () => inGlance(await registeredImage(env, glancePatience))),
	})];
};

/** What there is of each image of the configuration. */
export const imageFacts = async (env: CloudEnv & RegistryEnv): Promise<readonly ImageFacts[]> => [
	await guestFacts(env),
	...(await Promise.all(containerNames.map(async name => containerFacts(env, name)))).flat(),
	...await k2hr3Facts(env),
];
