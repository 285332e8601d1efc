import {checkK2hr3, tryK2hr3} from './client.js';
import type {K2hr3Step} from './k2hr3Env.js';

/** One that is there already is asked as Trove will ask it, before anybody makes a cluster: nothing is made, so all that `up` can do is say what is wrong. */
export const k2hr3Existing: K2hr3Step = {
	id: 'k2hr3.existing',
	stage: 'k2hr3',
	title: 'K2HR3 that is there already, asked with a token of this cloud',
	needs: ['credentials', 'datastore.package', 'trove'],
	inputs: ({config: {k2hr3: {url}}, k2hr3Authority}) => ({url, authority: k2hr3Authority ?? null}),
	async probe({env, signal}) {
		const answer = await tryK2hr3(env, signal);
		return 'fault' in answer
			? {state: 'broken', evidence: answer.fault}
			: {state: 'present', evidence: `K2HR3 at ${answer.url} answers and takes a token of project ${answer.project}`};
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
