import type {StepContext} from '../../pipeline/types.js';
import {finishImage, readManifest} from '../images/manifest.js';
import {emptyPartial} from '../images/partial.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {prefixInputs, prefixOf, refuseIncomplete} from './prefix.js';

/** How a prefix is brought into the store of images. */
export type Bringing = Required<Pick<SandboxStep, 'title' | 'needs' | 'reaches' | 'timeout' | 'idleTimeout' | 'expected'>> & Pick<SandboxStep, 'waiting'> & {
	/** What it comes from, in words. */
	readonly what: string;
	/** Puts `bin` and `lib` into `target`, which is not there yet; `work` is an empty directory that goes afterwards. */
	readonly fill: (context: StepContext<SandboxEnv>, work: string, target: string) => Promise<void>;
};

/** Whatever brings the prefix: from here on it is a directory like one of the host. */
export const prefixStep = ({what, fill, ...step}: Bringing): SandboxStep => ({
	...step,
	id: 'images.k2hr3.prefix',
	stage: 'images',
	inputs: ({config}) => prefixInputs(config),
	namedByInputs: true,
	async probe({env}) {
		const directory = prefixOf(env);
		const manifest = await readManifest(env.host, directory);
		return manifest === undefined
			? {state: 'absent', evidence: `${directory} holds no finished prefix`}
			: {state: 'present', evidence: `${manifest.name}, of ${manifest.made}, in ${directory}`};
	},
	async apply(context) {
		const {env, env: {host}} = context;
		const directory = prefixOf(env);
		const partial = await emptyPartial(env, directory);
		await fill(context, partial, `${partial}/image`);
		await refuseIncomplete(env, `${partial}/image`, what);
		await finishImage(host, partial, directory, {name: what, made: `${new Date().toISOString().slice(0, 19)}Z`, files: []});
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	retry: {attempts: 2, delay: 5},
});
