import {guestSuites} from '../../config/guestSuites.js';
import {applyHunk} from '../datastore/hunk.js';
import {readPatch} from '../datastore/patchFile.js';
import {packageSource} from '../datastore/patchList.js';
import {aptWaiting} from '../machine/aptDownload.js';
import {suiteMirror} from '../machine/debianSources.js';
import {makeRoot, rootMade} from '../machine/mmdebstrap.js';
import type {ImageEnv, ImageStep} from '../imageEnv.js';
import {agentInside, agentScript} from './agentScript.js';
import {guestHooks, guestInputs, guestNames, guestPackages, type GuestInputs, type GuestSource} from './definition.js';
import {emptyPartial} from './partial.js';
import {sourcesDirectory} from './releaseSource.js';
import {unpackSources} from './sourcesScript.js';

/** Directory of a layer in the cache. */
export const guestLayer = (env: GuestSource & Pick<ImageEnv, 'paths'>, layer: keyof GuestInputs): string => `${env.paths.images}/${guestNames(env)[layer]}`;

export const guestBase: ImageStep = {
	id: 'images.guest.base',
	stage: 'images',
	title: 'Root file system of guests: system, docker engine, what the guest agent needs',
	needs: ['images.store'],
	inputs: env => guestInputs(env).base,
	reaches: ({config}) => [suiteMirror(config.images.guest.suite)],
	namedByInputs: true,
	async probe({env}) {
		const root = guestLayer(env, 'base');
		const made = await rootMade(env, root);
		return made === undefined ? {state: 'absent', evidence: `${root} is not there`} : {state: 'present', evidence: `${root}, made ${made}`};
	},
	async apply(context) {
		const {env} = context;
		await makeRoot(context, {root: guestLayer(env, 'base'), suite: env.config.images.guest.suite, packages: guestPackages(env.config), hooks: guestHooks(env.config)});
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 3600,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: 70,
	retry: {attempts: 2, delay: 10},
};

/** Trove's source with the hunk, our package, and the wheels that the agent needs, in a directory on the host. */
const prepareSources = async (env: ImageEnv, into: string): Promise<void> => {
	const {host} = env;
	await host.script(`mkdir -p '${into}'\n${unpackSources(sourcesDirectory(env), into)}[ ! -d '${sourcesDirectory(env)}/wheels' ] || cp -r '${sourcesDirectory(env)}/wheels' '${into}/'\n`, {timeout: 120});
	await applyHunk(host, `${into}/trove`, await readPatch());
	await host.upload(packageSource, `${into}/trove_k2hdkc`);
};

export const guestAgent: ImageStep = {
	id: 'images.guest.agent',
	stage: 'images',
	title: 'Guest agent of Trove with trove-k2hdkc, in a virtual environment of its own',
	needs: ['images.guest.base', 'images.guest.sources'],
	inputs: env => guestInputs(env).agent,
	async probe({env}) {
		const layer = guestLayer(env, 'agent');
		const {code} = await env.host.run(['test', '-d', layer], {allow: [0, 1]});
		return code === 0 ? {state: 'present', evidence: `${layer} is there`} : {state: 'absent', evidence: `${layer} is not there`};
	},
	async apply({env, job, progress}) {
		const layer = guestLayer(env, 'agent');
		const partial = await emptyPartial(env, layer);
		await prepareSources(env, `${partial}/sources`);
		progress.say('installing it in the guest\'s root');
		const build = ['unshare', '--mount', 'sh', '-euc', agentScript, 'sh', guestLayer(env, 'base'), `${partial}/sources`, `${partial}/build`];
		await job(env.host, build, {env: {INSIDE: agentInside(guestSuites[env.config.images.guest.suite].agent)}});
		await env.host.script(`rm -rf '${layer}'\nmv -T '${partial}/build/layer' '${layer}'\nrm -rf --one-file-system '${partial}'\n`);
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 900,
	idleTimeout: 300,
	expected: 25,
	retry: {attempts: 2, delay: 5},
};
