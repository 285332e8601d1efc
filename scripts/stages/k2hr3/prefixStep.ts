import type {StepContext} from '../../pipeline/types.js';
import {finishImage, readManifest} from '../images/manifest.js';
import {emptyPartial} from '../images/partial.js';
import type {ImageEnv, ImageStep} from '../imageEnv.js';
import {prefixInputs, prefixOf, refuseIncomplete} from './prefix.js';

/** How a prefix is brought into the store of images. */
export type Bringing = Required<Pick<ImageStep, 'title' | 'needs' | 'reaches' | 'timeout' | 'idleTimeout' | 'expected'>> & Pick<ImageStep, 'waiting'> & {
	/** What it comes from, in words. */
	readonly what: string;
	/** One checksum of what it is made from beside its inputs; undefined when there is nothing of the kind. */
	readonly surroundings?: (env: ImageEnv) => Promise<string | undefined>;
	/** Puts `bin` and `lib` into `target`, which is not there yet; `work` is an empty directory that goes afterwards. */
	readonly fill: (context: StepContext<ImageEnv>, work: string, target: string) => Promise<void>;
};

/** Whatever brings the prefix: from here on it is a directory like one of the host. */
export const prefixStep = ({what, fill, surroundings = async () => undefined, ...step}: Bringing): ImageStep => ({
	...step,
	id: 'images.k2hr3.prefix',
	stage: 'images',
	inputs: ({config}) => prefixInputs(config),
	namedByInputs: true,
	async probe({env}) {
		const directory = prefixOf(env);
		const manifest = await readManifest(env.host, directory);
		if (manifest === undefined) {
			return {state: 'absent', evidence: `${directory} holds no finished prefix`};
		}

		return manifest.surroundings === await surroundings(env)
			? {state: 'present', evidence: `${manifest.name}, of ${manifest.made}, in ${directory}`}
			: {state: 'broken', evidence: `${manifest.name}, of ${manifest.made}, was made with other programs than there are now`};
	},
	async apply(context) {
		const {env, env: {host}} = context;
		const directory = prefixOf(env);
		const partial = await emptyPartial(env, directory);
		const checksum = await surroundings(env);
		await fill(context, partial, `${partial}/image`);
		await refuseIncomplete(env, `${partial}/image`, what);
		await finishImage(host, partial, directory, {name: what, made: `${new Date().toISOString().slice(0, 19)}Z`, files: [], ...(checksum !== undefined && {surroundings: checksum})});
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	retry: {attempts: 2, delay: 5},
});
