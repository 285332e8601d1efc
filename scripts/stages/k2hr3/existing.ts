import {ToolError} from '../../errors/toolError.js';
import type {SandboxStep} from '../sandboxEnv.js';
import {checkK2hr3} from './client.js';

/** One that is there already is asked as Trove will ask it, before anybody makes a cluster: nothing is made, so all that `up` can do is say what is wrong. */
export const k2hr3Existing: SandboxStep = {
	id: 'k2hr3.existing',
	stage: 'k2hr3',
	title: 'K2HR3 that is there already, asked with a token of this cloud',
	needs: ['credentials', 'datastore.package', 'trove'],
	inputs: ({config: {k2hr3: {url}}, k2hr3Authority}) => ({url, authority: k2hr3Authority ?? null}),
	async probe({env, signal}) {
		try {
			const {url, project} = await checkK2hr3(env, signal);
			return {state: 'present', evidence: `K2HR3 at ${url} answers and takes a token of project ${project}`};
		} catch (error) {
			if (error instanceof ToolError && error.code.startsWith('K2D70')) {
				return {state: 'broken', evidence: error.message};
			}

			throw error;
		}
	},
	async apply({env, signal, progress}) {
		progress.say('asking it');
		await checkK2hr3(env, signal);
	},
	undo: {nothingLeft: 'It makes nothing.'},
	timeout: 660,
	// The client says nothing until it has an answer, and bounds itself.
	idleTimeout: 660,
	expected: 5,
};
