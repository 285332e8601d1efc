import type {SandboxStep} from '../sandboxEnv.js';

/** Address ranges and generated secrets: what an environment is before anything of it runs. */
export const environmentSettings: SandboxStep = {
	id: 'environment',
	stage: 'machine',
	title: 'Addresses and secrets of the environment',
	needs: [],
	inputs: ({config}) => ({pool: config.sandbox.addressPool, management: config.sandbox.managementCidr, networks: config.openstack.networks}),
	async probe({env: {secrets, addresses, paths}}) {
		const [known, complete] = [await addresses.load(), await secrets.load()];
		if (known && complete) {
			return {state: 'present', evidence: `${addresses.current.managementCidr}, ${addresses.current.privateCidr} and ${addresses.current.publicCidr} are set aside; secrets are in ${secrets.path}`};
		}

		return known || complete
			? {state: 'broken', evidence: `${known ? secrets.path : paths.addresses} is missing or lacks some of its entries`}
			: {state: 'absent', evidence: `${paths.addresses} is not there`};
	},
	async apply({env: {secrets, addresses}}) {
		await secrets.load();
		await secrets.save();
		await addresses.save();
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, secrets, paths}}) {
			await host.run(['rm', '-f', '--', secrets.path, paths.addresses]);
		},
	},
	rerun: 'undo-first',
	timeout: 30,
	idleTimeout: 30,
	expected: 1,
};
