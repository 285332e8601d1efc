import {containerCommand} from '../images/containers/builders/scripts.js';
import {fetchArchive} from '../images/containers/fetchArchive.js';
import type {ImageStep} from '../imageEnv.js';
import {places} from './prefix.js';
import {prefixStep} from './prefixStep.js';

/** IMAGE TARGET: copies what the prefix of an image holds. A place that leads elsewhere by a link would be one of the host. */
export const copyOut = `
open_image "$1"
mkdir "$2"
top=$(realpath "$root")/usr/local
for place in ${places}; do
  [ "$(realpath "$root/usr/local/$place")" != "$top/$place" ] || [ ! -d "$top/$place" ] || cp -a "$top/$place" "$2/"
done
`;

/** The prefix below /usr/local of a container image. Its layers are put together by what makes container images, which knows what a layer removes. */
export const prefixOfImage = (image: string): ImageStep => prefixStep({
	title: 'Programs of K2HR3, from a container image of a registry',
	needs: ['images.store', 'images.tools'],
	reaches: () => [`the registry of ${image}`],
	what: `${image} below /usr/local`,
	async fill(context, work, target) {
		const {env, job, progress} = context;
		await fetchArchive(context, {from: image, archive: `${work}/image.tar`, name: 'k2hr3:1'});
		progress.say('copying its programs');
		await job(env.host, containerCommand(env.builder.builder, copyOut, `${work}/store`, `${work}/image.tar`, target));
	},
	timeout: 1800,
	idleTimeout: 600,
	expected: 30,
});
