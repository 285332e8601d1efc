import {ToolError} from '../../errors/toolError.js';
import type {SandboxStep} from '../sandboxEnv.js';
import {hasDisk} from './disk.js';

/** Address ranges and generated secrets: what an environment is before anything of it runs. */
export const environmentSettings: SandboxStep = {
	id: 'environment',
	stage: 'machine',
	title: 'Addresses and secrets of the environment',
	needs: [],
	inputs: ({config}) => ({pool: config.sandbox.addressPool, management: config.sandbox.managementCidr, networks: config.openstack.networks}),
	async probe({env: {secrets, addresses, paths}}) {
		const found = [[paths.addresses, await addresses.load()], [secrets.path, await secrets.load()]] as const;
		const lacking = found.filter(([, state]) => state !== 'complete');
		if (lacking.length === 0) {
			return {state: 'present', evidence: `${addresses.current.managementCidr}, ${addresses.current.privateCidr} and ${addresses.current.publicCidr} are set aside; secrets are in ${secrets.path}`};
		}

		return lacking.every(([, state]) => state === 'missing') && lacking.length === found.length
			? {state: 'absent', evidence: `${paths.addresses} is not there`}
			: {state: 'broken', evidence: lacking.map(([file, state]) => `${file} is ${state}`).join(', ')};
	},
	async apply({env}) {
		const {secrets, addresses, paths} = env;
		const found = [[secrets.path, await secrets.load()], [paths.addresses, await addresses.load()]] as const;
		const lost = found.filter(([, state]) => state === 'missing' || state === 'damaged');
		if (lost.length > 0 && !secrets.discarded() && await hasDisk(env)) {
			throw new ToolError('K2D4008', `The machine was built with ${lost.map(([file, state]) => `${file}, which is ${state} now`).join(', and with ')}`);
		}

		await secrets.save();
		await addresses.save();
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, secrets, paths}}) {
			await host.run(['rm', '-f', '--', secrets.path, paths.addresses]);
			secrets.discard();
		},
	},
	rerun: 'undo-first',
	timeout: 30,
	idleTimeout: 30,
	expected: 1,
};
