import {ToolError} from '../../errors/toolError.js';
import type {ImageFacts} from '../../commands/environment.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {databaseLayer} from './containers/base.js';
import {changedPrograms} from './containers/build.js';
import {databaseOf} from './containers/definition.js';
import {databaseReference, pushedId} from './containers/push.js';
import {guestName, guestNames} from './definition.js';
import {guestLayer} from './guest.js';
import {readManifest} from './manifest.js';
import {guestRegistration} from './register.js';

/** Directories of an image that were made from other inputs. */
const others = async ({host, paths}: SandboxEnv, image: string, current: string): Promise<string[]> => {
	const {stdout} = await host.run(['find', paths.images, '-mindepth', '1', '-maxdepth', '1', '-name', `${image}-image-*`, '-not', '-name', '*.partial-*'], {allow: 'any'});
	return stdout.split('\n').filter(directory => directory !== '' && directory !== current);
};

/** Where it stands in Glance; an environment that does not run is no error here. */
const inGlance = async (env: SandboxEnv): Promise<string> => {
	try {
		const {current, wanted} = await guestRegistration(env, 10) ?? {};
		const from = wanted?.origin === guestNames(env).image ? '' : `, from ${wanted?.origin}`;
		return current ? `Glance ${current.id}${from}` : 'not in Glance';
	} catch (error) {
		if (error instanceof ToolError) {
			return 'not known: Glance does not answer';
		}

		throw error;
	}
};

type Wanted = {readonly image: 'guest' | 'database'; readonly name: string; readonly directory: string; /** What speaks against the image that is there. */ readonly changed?: () => Promise<string | undefined>; readonly registered: () => Promise<string>};

const factsOf = async (env: SandboxEnv, {image, name, directory, changed, registered}: Wanted): Promise<ImageFacts> => {
	const manifest = await readManifest(env.host, directory);
	if (manifest !== undefined) {
		const why = await changed?.();
		return {image, name: manifest.name, made: manifest.made, files: manifest.files, directory, state: why === undefined ? 'up to date' : `out of date: ${why}`, registered: await registered()};
	}

	const old = await others(env, image, directory);
	return {image, name, files: [], directory, state: old.length === 0 ? 'not built' : `out of date: what is there was made from other inputs (${old.join(', ')})`, registered: '-'};
};

const inRegistry = async (env: SandboxEnv): Promise<string> => {
	const id = await pushedId(env);
	return id === undefined ? 'not in the registry' : `${databaseReference(env)}, ${id.slice(0, 19)}`;
};

const databaseFacts = async (env: SandboxEnv): Promise<ImageFacts> => {
	const database = databaseOf(env.config);
	if (database === undefined) {
		const repository = String(env.config.datastore.options.docker_image ?? '-');
		return {image: 'database', name: repository, files: [], directory: '-', state: 'left out: sources.k2hdkc does not say where K2HDKC comes from', registered: '-'};
	}

	return factsOf(env, {
		image: 'database', name: `${database.repository}:${database.tag}`, directory: databaseLayer(env, 'image'), changed: async () => changedPrograms(env),
		registered: async () => inRegistry(env).catch(() => 'not known: the registry does not answer'),
	});
};

/** What there is of each image of the configuration. */
export const imageFacts = async (env: SandboxEnv): Promise<readonly ImageFacts[]> => [
	await factsOf(env, {
		image: 'guest', name: guestName(env.config), directory: guestLayer(env, 'image'),
		registered: async () => inGlance(env),
	}),
	await databaseFacts(env),
];
