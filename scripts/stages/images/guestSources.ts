import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {pythonIndex} from '../../sources/pypi.js';
import {troveReaches} from '../../sources/trove.js';
import {fetchWheels} from '../../sources/wheels.js';
import type {ImageStep} from '../imageEnv.js';
import {emptyPartial} from './partial.js';
import {guestWheels, wheelPins} from './guestWheels.js';
import {fetchReleaseSource, releaseSource, sourceAccess, sourcesDirectory, sourcesInputs} from './releaseSource.js';
import {keepSources, lookAtSources} from './sourcesScript.js';

/** What the guest agent is made from, as it comes from outside: the only step of the agent that needs a network. */
export const guestSources: ImageStep = {
	id: 'images.guest.sources',
	stage: 'images',
	title: 'Source of Trove, and the Python packages that its guest agent needs where the guest\'s suite has none that fit',
	needs: ['images.store'],
	inputs: ({config}) => sourcesInputs(config),
	reaches: env => [...new Set([...troveReaches(releaseSource(env.config)), ...(guestWheels(env.config) === undefined ? [] : [pythonIndex])])],
	namedByInputs: true,
	async probe({env}) {
		const directory = sourcesDirectory(env);
		const {code, stdout, stderr} = await env.host.run(['sh', '-euc', lookAtSources, 'sh', directory], {allow: [0, 1, 2]});
		if (code === 0) {
			const [ref = '', wheels] = stdout.split('\n');
			return {state: 'present', evidence: `${directory} holds ${hideUrlPasswords(ref)}${wheels === '0' ? '' : `, and ${wheels} Python packages`}, as fetched`};
		}

		return code === 1
			? {state: 'broken', evidence: `${directory} is not as it was fetched: ${`${stdout}${stderr}`.split('\n')[0]}`}
			: {state: 'absent', evidence: `${directory} is not there`};
	},
	async apply({env, signal, progress}) {
		const {host, config} = env;
		const directory = sourcesDirectory(env);
		const partial = await emptyPartial(env, directory);
		const fetched = `${partial}/fetched`;
		const access = sourceAccess(env, signal);
		progress.say('fetching the source of Trove');
		const {root, ref} = await fetchReleaseSource(env, fetched, access);
		const wheels = guestWheels(config);
		if (wheels !== undefined) {
			const what = `${wheelPins(wheels).length} wheels for Python ${wheels.python}`;
			progress.say(`fetching ${what}`);
			const list = `${partial}/wheels.txt`;
			await host.write(list, wheels.lock);
			await fetchWheels({list, what, python: wheels.python}, `${partial}/wheels`, access);
		}

		await host.run(['sh', '-euc', keepSources, 'sh', partial, root, directory], {input: `${ref}\n`, timeout: 120});
	},
	undo: {nothingLeft: 'They lie in the store of images and go with it.'},
	timeout: 900,
	idleTimeout: 300,
	expected: 5,
	retry: {attempts: 2, delay: 5},
};
