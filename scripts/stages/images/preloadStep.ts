import type {Config} from '../../config/schema.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import type {ImageEnv, ImageStep} from '../imageEnv.js';
import {containerCommand, fetchImage} from './containers/builders/scripts.js';
import {emptyPartial} from './partial.js';
import {guestImage} from './guestImage.js';
import {archiveDigest, archivesOf, preloadedDigests, preloadInputs, preloadNeeds, preloadsOf} from './preload.js';

/** Those of registries whose archive is not there yet. */
const missing = async (env: ImageEnv) => {
	const found = await Promise.all(archivesOf(env).map(async archive => ({...archive, digest: await archiveDigest(env, archive.file)})));
	return found.filter(({digest}) => digest === undefined);
};

const preload: ImageStep = {
	id: 'images.guest.preload',
	stage: 'images',
	title: 'Container images that guests have from the start',
	needs: ['images.store', 'images.tools'],
	inputs: ({config}) => preloadInputs(config),
	reaches: ({config}) => preloadsOf(config).flatMap(each => 'reference' in each ? [`the registry of ${each.reference}`] : []),
	async probe({env}) {
		const names = (await missing(env)).map(({file, reference}) => reference ?? file);
		return names.length > 0
			? {state: 'absent', evidence: `no archive with a named image is there of ${names.join(', ')}`}
			: {state: 'present', evidence: archivesOf(env).map(({file}) => file).join(', ')};
	},
	async apply({env, job, progress}) {
		for (const {file, reference} of await missing(env)) {
			if (reference !== undefined) {
				const directory = file.replace(/\/[^/]*$/, '');
				const partial = await emptyPartial(env, directory);
				progress.say(`fetching ${reference}`);
				await job(env.host, containerCommand(env.builder.builder, fetchImage, partial, reference, reference), {env: proxyEnvironment(env.config.proxy)});
				await env.host.script(`rm -rf '${directory}'\nmv -T '${partial}' '${directory}'\n`);
			}
		}

		await preloadedDigests(env);
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 1800,
	idleTimeout: 300,
	expected: 5,
	retry: {attempts: 2, delay: 5},
};

/** The steps of the guest image, with what must be there before when the configuration wants container images in it. */
export const guestImageSteps = (config: Pick<Config, 'images'>): readonly ImageStep[] => config.images.guest.preload.length === 0
	? [guestImage]
	: [{...preload, needs: [...preload.needs, ...preloadNeeds(config)]}, {...guestImage, needs: [...guestImage.needs, preload.id]}];
