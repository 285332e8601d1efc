import {createHash} from 'node:crypto';
import path from 'node:path';
import {packageRoot} from '../../packageRoot.js';
import {directoryHash} from '../images/directoryHash.js';
import {stackUser, type DevstackStep} from './devstackEnv.js';

/** Directories below `patches`: the plugin, and what it takes from beside it. */
const parts = ['devstack-plugin-k2hdkc', 'trove', 'trove-k2hdkc', 'trove-dashboard-k2hdkc'] as const;

const sourceOf = (part: string): string => path.join(packageRoot, 'patches', part);

/** Content of all of them as one SHA-256, in hex. */
export const pluginHash = (): string => createHash('sha256').update(parts.map(part => directoryHash(sourceOf(part))).join('\n')).digest('hex');

/** DevStack's plugin for K2HDKC with the hunk and the packages that it puts into Trove and Horizon, before any of these is installed. */
export const plugin: DevstackStep = {
	id: 'devstack.plugin',
	stage: 'datastore',
	title: 'Plugin, hunk and packages of K2HDKC for DevStack',
	needs: ['devstack.user'],
	inputs: () => ({content: pluginHash()}),
	async probe({env: {host, paths}}) {
		const mark = await host.read(`${paths.plugin}/content`);
		if (mark === undefined) {
			return {state: 'absent', evidence: `${paths.plugin} is not there, or not whole`};
		}

		return mark.trim() === pluginHash() ? {state: 'present', evidence: `${paths.plugin} has the files at hand`} : {state: 'broken', evidence: `${paths.plugin} has other files than those at hand`};
	},
	async apply({env: {host, paths}}) {
		const owner = `${stackUser}:${stackUser}`;
		await host.run(['install', '-d', '-o', stackUser, '-g', stackUser, paths.plugin]);
		await host.run(['rm', '-f', '--', `${paths.plugin}/content`]);
		for (const part of parts) {
			await host.upload(sourceOf(part), `${paths.plugin}/${part}`, {owner});
		}

		await host.write(`${paths.plugin}/content`, `${pluginHash()}\n`, {owner});
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, paths}}) {
			await host.run(['rm', '-rf', '--one-file-system', '--', paths.plugin]);
		},
	},
	own: true,
	timeout: 120,
	idleTimeout: 120,
	expected: 2,
};
