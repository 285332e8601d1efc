import {stringify} from 'yaml';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';

/** Name of the cloud of a user: `k2hdkc-default` for the administrator, `k2hdkc-default-demo` for demo. */
const cloudName = ({machineName}: SandboxEnv, user: string): string => user === 'admin' ? machineName : `${machineName}-${user}`;

const clouds = (env: SandboxEnv): string => stringify({
	clouds: Object.fromEntries(env.config.openstack.users.map(({name, roles}) => [cloudName(env, name), {
		auth: {
			auth_url: env.api.url.identity, username: name, password: env.secrets.get(`user.${name}`),
			project_name: Object.hasOwn(roles, name) ? name : Object.keys(roles)[0], user_domain_id: 'default', project_domain_id: 'default',
		},
		region_name: env.config.openstack.region,
		identity_api_version: 3,
	}])),
});

const openrc = ({api, secrets, config}: SandboxEnv): string => Object.entries({
	OS_AUTH_URL: api.url.identity, OS_USERNAME: 'admin', OS_PASSWORD: secrets.get('user.admin'), OS_PROJECT_NAME: 'admin',
	OS_USER_DOMAIN_ID: 'default', OS_PROJECT_DOMAIN_ID: 'default', OS_REGION_NAME: config.openstack.region, OS_IDENTITY_API_VERSION: '3',
}).map(([name, value]) => `export ${name}='${value}'\n`).join('');

/** Where the client inside the machine finds the same clouds. */
export const insideCloudsYaml = '/etc/openstack/clouds.yaml';

/** Credentials for the cloud's users: on the host for people, in the machine for the client there. */
export const credentials: SandboxStep = {
	id: 'credentials',
	stage: 'control-plane',
	title: 'Credentials for the openstack client',
	needs: ['identity'],
	inputs: ({api, config, machineName}) => ({url: api.url.identity, users: config.openstack.users, region: config.openstack.region, machineName}),
	async probe({env}) {
		const {host, machine, paths} = env;
		const [outside, rc, inside] = await Promise.all([host.read(paths.cloudsYaml), host.read(paths.openrc), machine.read(insideCloudsYaml)]);
		if (outside === undefined || rc === undefined || inside === undefined) {
			return {state: 'absent', evidence: `${paths.cloudsYaml}, ${paths.openrc} or the machine's ${insideCloudsYaml} is not there`};
		}

		return outside === clouds(env) && rc === openrc(env) && inside === clouds(env)
			? {state: 'present', evidence: `${paths.cloudsYaml} and ${paths.openrc} hold the credentials of this environment`}
			: {state: 'broken', evidence: `${paths.cloudsYaml}, ${paths.openrc} or the machine's ${insideCloudsYaml} holds something else`};
	},
	async apply({env}) {
		const {host, machine, paths} = env;
		await host.write(paths.cloudsYaml, clouds(env), {mode: 0o600});
		await host.write(paths.openrc, openrc(env), {mode: 0o600});
		await machine.run(['mkdir', '-p', '/etc/openstack']);
		await machine.write(insideCloudsYaml, clouds(env), {mode: 0o600});
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, paths}}) {
			await host.run(['rm', '-f', '--', paths.cloudsYaml, paths.openrc]);
		},
	},
	timeout: 60,
	idleTimeout: 60,
	expected: 1,
};
