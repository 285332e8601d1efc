import {proxyEnvironment} from '../../../sources/proxyEnvironment.js';
import {aptWaiting} from '../../machine/aptDownload.js';
import {makeRoot, quietServices} from '../../machine/mmdebstrap.js';
import type {ImageStep} from '../../imageEnv.js';
import {emptyPartial} from '../partial.js';
import {containerCommand, fetchImage, importRoot} from './builders/scripts.js';
import {baseName, forgetMirror, type ContainerBase} from './definition.js';
import {imageDirectory} from './image.js';
import {baseReaches} from './outside.js';

/** Makes what the database image begins with. */
export const baseStep = (base: ContainerBase): ImageStep => ({
	id: 'images.containers.base',
	stage: 'images',
	title: 'Base of the container images',
	needs: ['images.store', 'images.tools'],
	inputs: () => base.inputs,
	reaches: () => baseReaches(base),
	namedByInputs: true,
	async probe({env}) {
		const file = `${imageDirectory(env, base)}/base.tar`;
		const {code} = await env.host.run(['test', '-s', file], {allow: [0, 1]});
		return code === 0 ? {state: 'present', evidence: `${file} is there`} : {state: 'absent', evidence: `${file} is not there`};
	},
	async apply(context) {
		const {env, job, progress} = context;
		const {origin, packages} = base;
		const directory = imageDirectory(env, base);
		const partial = await emptyPartial(env, directory);
		if ('suite' in origin) {
			const root = `${env.paths.images}/${base.root}`;
			await makeRoot(context, {root, suite: origin.suite, packages, hooks: [quietServices.begin, forgetMirror, quietServices.end]});
			await job(env.host, containerCommand(env.builder.builder, importRoot, partial, root, baseName));
		} else {
			progress.say(`fetching ${origin.reference}`);
			await job(env.host, containerCommand(env.builder.builder, fetchImage, partial, origin.reference, baseName), {env: proxyEnvironment(env.config.proxy)});
		}

		await env.host.script(`rm -rf '${directory}'\nmkdir -p '${directory}'\nmv '${partial}/base.tar' '${directory}/'\nrm -rf --one-file-system '${partial}'\n`);
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 1800,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: 35,
	retry: {attempts: 2, delay: 10},
});
