import {hashInputs} from '../../../pipeline/hash.js';
import type {ImageStep} from '../../imageEnv.js';
import {emptyPartial} from '../partial.js';
import {describe, finishImage, readManifest} from '../manifest.js';
import {fetchArchive} from './fetchArchive.js';
import {fullName, imageDirectory, type ContainerImage} from './image.js';

/** An image that somebody else has built; `from` is REGISTRY/NAME@sha256:… */
export type ReadyImage = ContainerImage & {readonly from: string};

export const readyImage = (from: string, image: Pick<ContainerImage, 'name' | 'repository' | 'tag' | 'variant' | 'contract'>): ReadyImage => {
	const {name, repository, tag} = image;
	const inputs = {from, repository, tag};
	return {...image, from, inputs, directory: `${name}-image-${hashInputs(inputs).slice(0, 16)}`, recipe: {from, name: fullName(image)}};
};

/** Fetches a ready image. */
export const fetchStep = (image: ReadyImage): ImageStep => ({
	id: `images.${image.name}`,
	stage: 'images',
	title: `The ${image.name} image, ready-made, from its registry`,
	needs: ['images.store', 'images.tools'],
	inputs: () => image.inputs,
	reaches: () => [`the registry of ${image.from}`],
	namedByInputs: true,
	async probe({env}) {
		const directory = imageDirectory(env, image);
		const manifest = await readManifest(env.host, directory);
		return manifest === undefined
			? {state: 'absent', evidence: `${directory} holds no finished image`}
			: {state: 'present', evidence: `${image.from}, fetched ${manifest.made}, in ${directory}`};
	},
	async apply(context) {
		const {env} = context;
		const {host} = env;
		const directory = imageDirectory(env, image);
		const partial = await emptyPartial(env, directory);
		const name = fullName(image);
		await host.run(['mkdir', '-p', '--', `${partial}/image`]);
		await fetchArchive(context, {from: image.from, archive: `${partial}/image/image.tar`, name});
		await finishImage(host, partial, directory, await describe(host, `${partial}/image`, name, ['image.tar']));
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 1800,
	idleTimeout: 600,
	expected: 20,
	retry: {attempts: 2, delay: 5},
});
