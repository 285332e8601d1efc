import {ToolError} from '../../errors/toolError.js';
import type {DevstackStep} from './devstackEnv.js';

/** Passwords of the services and of the administrator. Its file marks a machine as one of this tool. */
export const passwords: DevstackStep = {
	id: 'devstack.passwords',
	stage: 'machine',
	title: 'Generated passwords',
	needs: [],
	inputs: () => ({}),
	async probe({env: {secrets}}) {
		const state = await secrets.load();
		if (state === 'complete') {
			return {state: 'present', evidence: `they are in ${secrets.path}`};
		}

		return state === 'missing' ? {state: 'absent', evidence: `${secrets.path} is not there`} : {state: 'broken', evidence: `${secrets.path} is ${state}`};
	},
	async apply({env: {host, secrets, paths}}) {
		// DevStack's databases know the old ones.
		if (await secrets.load() === 'missing' && !secrets.discarded() && await host.read(paths.localConf) !== undefined) {
			throw new ToolError('K2D4008', `${paths.localConf} is there, and the passwords that it was written with are not in ${secrets.path}`, {
				remedy: `Bring the file back, or take ${paths.localConf} away if no DevStack was made with it.`,
			});
		}

		await secrets.save();
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, secrets}}) {
			await host.run(['rm', '-f', '--', secrets.path]);
			secrets.discard();
		},
	},
	own: true,
	timeout: 30,
	idleTimeout: 30,
	expected: 1,
};
