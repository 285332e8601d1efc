import {ToolError} from '../../../errors/toolError.js';
import {proxyEnvironment} from '../../../sources/proxyEnvironment.js';
import type {ImageEnv, ImageStep} from '../../imageEnv.js';
import {emptyPartial} from '../partial.js';
import {describe, finishImage, readManifest, type Manifest} from '../manifest.js';
import {buildImage, containerCommand} from './builders/scripts.js';
import {fullName, imageDirectory, type BuiltImage, type ContainerImage} from './image.js';

/** Says so when an image that is there was made from other things of the host than there are now. */
export const changedSurroundings = async (env: ImageEnv, {surroundings}: ContainerImage, manifest: Manifest): Promise<string | undefined> => {
	try {
		return surroundings === undefined || manifest.surroundings === await surroundings.checksum(env) ? undefined : `it was made from other ${surroundings.what} than there are now`;
	} catch (error) {
		// What is there now cannot be used. Making the image says so again, as an error with its remedy.
		if (error instanceof ToolError) {
			return error.message;
		}

		throw error;
	}
};

/** Builds a container image from its Dockerfile. */
export const buildStep = (image: BuiltImage, title: string): ImageStep => ({
	id: `images.${image.name}`,
	stage: 'images',
	title,
	needs: image.needs,
	inputs: () => image.inputs,
	reaches: () => image.reaches,
	async probe({env}) {
		const directory = imageDirectory(env, image);
		const manifest = await readManifest(env.host, directory);
		if (manifest === undefined) {
			return {state: 'absent', evidence: `${directory} holds no finished image`};
		}

		const why = await changedSurroundings(env, image, manifest);
		return why === undefined
			? {state: 'present', evidence: `${manifest.name}, made ${manifest.made}, in ${directory}`}
			: {state: 'broken', evidence: `${manifest.name}: ${why}`};
	},
	async apply({env, job, progress, signal}) {
		const {host, config, paths} = env;
		const directory = imageDirectory(env, image);
		const partial = await emptyPartial(env, directory);
		const surroundings = await image.surroundings.checksum(env);
		progress.say('collecting what it is built from');
		await image.surroundings.fill(env, `${partial}/context`, signal);
		await host.write(`${partial}/Dockerfile`, await image.render(env));
		progress.say('building it');
		const name = fullName(image);
		await job(host, containerCommand(env.builder.builder, buildImage, partial, `${paths.images}/${image.base}`, `localhost/${name}`), {env: proxyEnvironment(config.proxy)});
		await finishImage(host, partial, directory, {...await describe(host, `${partial}/image`, name, ['image.tar']), layers: image.layers, ...(surroundings !== undefined && {surroundings})});
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 1800,
	idleTimeout: 300,
	expected: 15,
	retry: {attempts: 2, delay: 5},
});
