import {authorityFile} from '../../k2hr3/options.js';
import {insideCloudsYaml} from '../controlPlane/credentials.js';
import {inGuest, unitTroubles} from '../guests/guests.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {lastOf} from './facts.js';
import type {K2hr3Cloud} from './k2hr3Env.js';

/** The projects of users among those of a sandbox. */
const isOfUsers = (project: string): boolean => !['admin', 'service'].includes(project);

/** The cloud of a sandbox, whose servers are containers. Neutron gives the last addresses of its ranges to nobody by itself. */
export const sandboxK2hr3 = ({config, machine, machineName, addresses}: Pick<SandboxEnv, 'addresses' | 'config' | 'machine' | 'machineName'>): K2hr3Cloud => ({
	place() {
		const {privateCidr, publicCidr, machine: address} = addresses.current;
		return {...lastOf({private: privateCidr, public: publicCidr}), machine: address, identity: `http://${address}:${config.k2hr3.ports.identity}/identity`};
	},
	networks: {private: config.openstack.networks.private.name, public: config.openstack.networks.public.name},
	projects: config.openstack.projects.filter(project => isOfUsers(project)),
	authorityFile,
	command: (args, project) => [
		'env', `OS_CLIENT_CONFIG_FILE=${insideCloudsYaml}`, `OS_CLOUD=${machineName}`, ...(project === undefined ? [] : [`OS_PROJECT_NAME=${project}`]),
		'python3', '-m', 'trove_k2hdkc.k2hr3', ...args,
	],
	inServer: inGuest,
	troubles: async server => unitTroubles(machine, argv => inGuest(server, argv)),
	reached: async () => undefined,
	forget: async () => undefined,
});
