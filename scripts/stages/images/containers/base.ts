import {ToolError} from '../../../errors/toolError.js';
import {proxyEnvironment} from '../../../sources/proxyEnvironment.js';
import {aptWaiting} from '../../machine/aptDownload.js';
import {makeRoot, quietServices} from '../../machine/mmdebstrap.js';
import type {SandboxEnv, SandboxStep} from '../../sandboxEnv.js';
import {emptyPartial} from '../guest.js';
import {containerCommand, fetchImage, importRoot} from './buildah.js';
import {baseName, databaseInputs, databaseNames, databaseOf, type Database} from './definition.js';
import {baseReaches} from './outside.js';

/** The database image of the configuration; steps that ask are not there without one. */
export const wantedDatabase = ({config}: Pick<SandboxEnv, 'config'>): Database => {
	const database = databaseOf(config);
	if (database === undefined) {
		throw new ToolError('K2D6008', 'sources.k2hdkc does not say where the programs of K2HDKC come from');
	}

	return database;
};

/** Directories in the cache of what the database image is made of. */
export const databaseLayer = (env: Pick<SandboxEnv, 'config' | 'paths'>, layer: 'root' | 'base' | 'image'): string => `${env.paths.images}/${databaseNames(wantedDatabase(env))[layer]}`;

/** Nothing in an image says where its packages came from: the address may have a password, or be one that nobody else reaches. */
const forgetMirror = '--customize-hook=rm -f "$1/etc/apt/sources.list"';

export const containerBase: SandboxStep = {
	id: 'images.containers.base',
	stage: 'images',
	title: 'Base of the container images',
	needs: ['images.store', 'images.tools'],
	inputs: ({config}) => databaseInputs(databaseOf(config)!).base,
	reaches: env => baseReaches(wantedDatabase(env)),
	namedByInputs: true,
	async probe({env}) {
		const file = `${databaseLayer(env, 'base')}/base.tar`;
		const {code} = await env.host.run(['test', '-s', file], {allow: [0, 1]});
		return code === 0 ? {state: 'present', evidence: `${file} is there`} : {state: 'absent', evidence: `${file} is not there`};
	},
	async apply(context) {
		const {env, job, progress} = context;
		const {base, basePackages} = wantedDatabase(env);
		const directory = databaseLayer(env, 'base');
		const partial = await emptyPartial(env, directory);
		if ('suite' in base) {
			const root = databaseLayer(env, 'root');
			await makeRoot(context, {root, suite: base.suite, packages: basePackages, hooks: [quietServices.begin, forgetMirror, quietServices.end]});
			await job(env.host, containerCommand(importRoot, partial, root, baseName));
		} else {
			progress.say(`fetching ${base.reference}`);
			await job(env.host, containerCommand(fetchImage, partial, base.reference, baseName), {env: proxyEnvironment(env.config.proxy)});
		}

		await env.host.script(`rm -rf '${directory}'\nmkdir -p '${directory}'\nmv '${partial}/base.tar' '${directory}/'\nrm -rf --one-file-system '${partial}'\n`);
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 1800,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: 35,
	retry: {attempts: 2, delay: 10},
};
