import {ToolError} from '../../errors/toolError.js';
import type {ImageFacts} from '../../commands/environment.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {guestLayer} from './guest.js';
import {readManifest} from './manifest.js';
import {guestRegistration} from './register.js';

/** Directories of guest images that were made from other inputs. */
const others = async ({host, paths}: SandboxEnv, current: string): Promise<string[]> => {
	const {stdout} = await host.run(['find', paths.images, '-mindepth', '1', '-maxdepth', '1', '-name', 'guest-image-*', '-not', '-name', '*.partial-*'], {allow: 'any'});
	return stdout.split('\n').filter(directory => directory !== '' && directory !== current);
};

/** Where it stands in Glance; an environment that does not run is no error here. */
const registered = async (env: SandboxEnv): Promise<string> => {
	try {
		const {current} = await guestRegistration(env, 10) ?? {};
		return current ? `Glance ${current.id}` : 'not in Glance';
	} catch (error) {
		if (error instanceof ToolError) {
			return 'not known: Glance does not answer';
		}

		throw error;
	}
};

/** What there is of each image of the configuration. */
export const imageFacts = async (env: SandboxEnv): Promise<readonly ImageFacts[]> => {
	const directory = guestLayer(env, 'image');
	const manifest = await readManifest(env.host, directory);
	const name = `k2hdkc-guest-${env.config.release}-${env.config.images.guest.suite}`;
	if (manifest !== undefined) {
		return [{image: 'guest', name: manifest.name, made: manifest.made, files: manifest.files, directory, state: 'up to date', registered: await registered(env)}];
	}

	const old = await others(env, directory);
	return [{image: 'guest', name, files: [], directory, state: old.length === 0 ? 'not built' : `out of date: what is there was made from other inputs (${old.join(', ')})`, registered: '-'}];
};
