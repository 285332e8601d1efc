import {leftForOthers} from '../shared.js';
import type {ImageStep} from '../imageEnv.js';

/** Where layers and images are kept; a step of its own, because any of them may be the only one. */
export const imageStore: ImageStep = {
	id: 'images.store',
	stage: 'images',
	title: 'Place on the host for layers and images',
	needs: ['host.packages'],
	inputs: ({paths}) => ({directory: paths.images}),
	async probe({env: {host, paths}}) {
		const {code} = await host.run(['test', '-d', paths.images], {allow: [0, 1]});
		return code === 0 ? {state: 'present', evidence: `${paths.images} is there`} : {state: 'absent', evidence: `${paths.images} is not there`};
	},
	async apply({env: {host, paths}}) {
		await host.run(['mkdir', '-p', '--', paths.images]);
	},
	undo: {
		depth: 'everything',
		left: leftForOthers,
		async undo({env, job}) {
			await job(env.host, ['rm', '-rf', '--one-file-system', '--', env.paths.images]);
			await env.host.run(['rmdir', '--ignore-fail-on-non-empty', '--', env.config.paths.cache], {allow: 'any'});
		},
	},
	own: true,
	timeout: 600,
	idleTimeout: 300,
	expected: 1,
};
