import {createHash} from 'node:crypto';
import path from 'node:path';
import {ToolError} from '../../errors/toolError.js';
import {packageRoot} from '../../packageRoot.js';
import type {Probe} from '../../pipeline/types.js';
import {directoryHash} from '../images/directoryHash.js';
import {moveAside} from './aside.js';
import {stackUser, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {digestFunction} from './digest.js';

/** Directories below `patches`: the plugin, and what it takes from beside it. */
const parts = ['devstack-plugin-k2hdkc', 'trove', 'trove-k2hdkc', 'trove-dashboard-k2hdkc'] as const;

const sourceOf = (part: string): string => path.join(packageRoot, 'patches', part);

/** Content of all of them as one SHA-256, in hex. */
export const pluginHash = (): string => createHash('sha256').update(parts.map(part => directoryHash(sourceOf(part))).join('\n')).digest('hex');

/** The file that says what was brought. */
const markOf = ({paths}: Pick<DevstackEnv, 'paths'>): string => `${paths.plugin}/content`;

/** What is at the place of the plugin. Hashes in hex. */
export type PluginFiles = {
	/** Of the files that were brought; undefined when nothing is there, or not all of it. */
	readonly brought?: string;
	/** Of the files on the machine when they had just been brought. */
	readonly asBrought?: string;
	/** Of the files on the machine. */
	readonly now?: string;
};

const digestScript = `
${digestFunction}
cd "$1" 2>/dev/null || exit 0
shift
for part; do digest "$part"; done | sha256sum | cut -d ' ' -f 1
`;

const digestNow = async ({host, paths}: Pick<DevstackEnv, 'host' | 'paths'>): Promise<string> =>
	(await host.run(['sh', '-euc', digestScript, 'sh', paths.plugin, ...parts], {timeout: 60})).stdout.trim();

const lookAt = async (env: Pick<DevstackEnv, 'host' | 'paths'>): Promise<PluginFiles> => {
	const mark = await env.host.read(markOf(env));
	if (mark === undefined) {
		return {};
	}

	const [brought = '', asBrought] = mark.trim().split('\n');
	return {brought, ...(asBrought === undefined ? {} : {asBrought}), now: await digestNow(env)};
};

/** Somebody has changed files since they were brought. */
export const isEdited = ({asBrought, now}: PluginFiles): boolean => asBrought !== undefined && asBrought !== now;

/** Changes are somebody's work, as in a checkout. */
export const pluginProbe = (place: string, wanted: string, files: PluginFiles): Probe => {
	if (files.brought === undefined) {
		return {state: 'absent', evidence: `${place} is not there, or not whole`};
	}

	const changes = isEdited(files) ? '; files of it were changed there: left alone without --fresh' : '';
	return files.brought === wanted
		? {state: 'present', evidence: `${place} has the files at hand${changes}`}
		: {state: 'broken', evidence: `${place} has other files than those at hand${changes}`};
};

const bring = async (env: Pick<DevstackEnv, 'host' | 'paths'>): Promise<void> => {
	const {host, paths} = env;
	const owner = `${stackUser}:${stackUser}`;
	await host.run(['install', '-d', '-o', stackUser, '-g', stackUser, paths.plugin]);
	await host.run(['rm', '-f', '--', markOf(env)]);
	for (const part of parts) {
		await host.upload(sourceOf(part), `${paths.plugin}/${part}`, {owner});
	}

	await host.write(markOf(env), `${pluginHash()}\n${await digestNow(env)}\n`, {owner});
};

/** DevStack's plugin for K2HDKC with the hunk and the packages that it puts into Trove and Horizon, before any of these is installed. */
export const plugin: DevstackStep = {
	id: 'devstack.plugin',
	stage: 'datastore',
	title: 'Plugin, hunk and packages of K2HDKC for DevStack',
	needs: ['devstack.user'],
	inputs: () => ({content: pluginHash()}),
	probe: async ({env}) => pluginProbe(env.paths.plugin, pluginHash(), await lookAt(env)),
	async putAside(context) {
		if (isEdited(await lookAt(context.env))) {
			await moveAside(context, context.env.paths.plugin, 'files of it were changed');
		}
	},
	async apply({env}) {
		const found = await lookAt(env);
		if (!isEdited(found)) {
			await bring(env);
		} else if (found.brought !== pluginHash()) {
			const {plugin: place} = env.paths;
			throw new ToolError('K2D6014', `${place} has local changes, and other files are wanted`, {remedy: `Take away what was changed, or have --fresh move ${place} aside and bring it anew.`});
		}
	},
	undo: {
		depth: 'sources',
		left: async env => isEdited(await lookAt(env)) ? `left alone in ${env.paths.plugin}: files of it were changed` : undefined,
		async undo({env: {host, paths}}) {
			await host.run(['rm', '-rf', '--one-file-system', '--', paths.plugin]);
		},
	},
	own: true,
	timeout: 120,
	idleTimeout: 120,
	expected: 2,
};
