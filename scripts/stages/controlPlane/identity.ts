import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';

type Named = {readonly id: string; readonly name: string};
type Endpoint = {readonly id: string; readonly service_id: string; readonly interface: string; readonly url: string};
type Assignment = {readonly user?: {readonly name: string}; readonly role: {readonly name: string}; readonly scope: {readonly project?: {readonly name: string}}};

/** A service of the catalog and the user that its processes use. */
type CatalogEntry = {readonly user: string; readonly type: string; readonly url: string};

/** Services of the catalog in this environment; Keystone enters itself. */
export const catalog = ({api: {url}, config: {components}}: Pick<SandboxEnv, 'api' | 'config'>): readonly CatalogEntry[] => [
	{user: 'glance', type: 'image', url: url.image.replace(/\/v2$/, '')},
	{user: 'placement', type: 'placement', url: url.placement},
	{user: 'nova', type: 'compute', url: url.compute},
	{user: 'neutron', type: 'network', url: url.network.replace(/\/v2\.0$/, '')},
	// Clients ask for the service by either name: the older ones and Trove for the first, Horizon for the second.
	...(components.cinder ? ['volumev3', 'block-storage'].map(type => ({user: 'cinder', type, url: `${url.volume}/%(project_id)s`})) : []),
	...(components.swift ? [{user: 'swift', type: 'object-store', url: `${url.objectStore}/AUTH_%(project_id)s`}] : []),
	{user: 'trove', type: 'database', url: `${url.database}/%(project_id)s`},
];

const serviceUsers = (env: SandboxEnv): string[] => [...new Set(catalog(env).map(({user}) => user))];

const interfaces = ['public', 'internal', 'admin'] as const;

/** Who has which role where: users of the configuration, and those of the services in project `service`. */
const wantedRoles = (env: SandboxEnv): ReadonlyArray<{readonly user: string; readonly project: string; readonly role: string}> => [
	...env.config.openstack.users.flatMap(({name, roles}) => Object.entries(roles).flatMap(([project, names]) => names.map(role => ({user: name, project, role})))),
	...serviceUsers(env).flatMap(user => ['admin', 'service'].map(role => ({user, project: 'service', role}))),
];

/** The project of the services may be among those of the configuration. */
const projectNames = ({config}: SandboxEnv): string[] => [...new Set([...config.openstack.projects, 'service'])];

const userNames = (env: SandboxEnv): string[] => [...env.config.openstack.users.map(({name}) => name), ...serviceUsers(env)];

const passwordOf = (env: SandboxEnv, user: string): string =>
	env.secrets.get(serviceUsers(env).includes(user) ? `service.${user}` : `user.${user}`);

const list = async <R>({api}: SandboxEnv, path: string, key: string): Promise<readonly R[]> => {
	const {body} = await api.request({url: `${api.url.identity}/${path}`});
	return (body as Record<string, R[]>)[key] ?? [];
};

type Seen = {
	readonly projects: readonly Named[];
	readonly users: readonly Named[];
	readonly roles: readonly Named[];
	readonly services: ReadonlyArray<Named & {readonly type: string}>;
	readonly endpoints: readonly Endpoint[];
	readonly assignments: readonly Assignment[];
};

const see = async (env: SandboxEnv): Promise<Seen> => {
	const [projects, users, roles, services, endpoints, assignments] = await Promise.all([
		list<Named>(env, 'projects', 'projects'), list<Named>(env, 'users', 'users'), list<Named>(env, 'roles', 'roles'),
		list<Named & {type: string}>(env, 'services', 'services'), list<Endpoint>(env, 'endpoints', 'endpoints'),
		list<Assignment>(env, 'role_assignments?include_names=true', 'role_assignments'),
	]);
	return {projects, users, roles, services, endpoints, assignments};
};

/** What of the wanted identities is not there, each in a few words. */
const missingOf = (env: SandboxEnv, seen: Seen): string[] => {
	const names = (items: readonly Named[]): Set<string> => new Set(items.map(item => item.name));
	return [
		...projectNames(env).filter(name => !names(seen.projects).has(name)).map(name => `project ${name}`),
		...userNames(env).filter(name => !names(seen.users).has(name)).map(name => `user ${name}`),
		...catalog(env).filter(({type, url}) => {
			const service = seen.services.find(candidate => candidate.type === type);
			return !interfaces.every(kind => seen.endpoints.some(endpoint => endpoint.service_id === service?.id && endpoint.interface === kind && endpoint.url === url));
		}).map(({type}) => `endpoints of ${type}`),
		...wantedRoles(env).filter(wanted => !seen.assignments.some(({user, role, scope}) =>
			user?.name === wanted.user && role.name === wanted.role && scope.project?.name === wanted.project)).map(({user, role, project}) => `role ${role} of ${user} in ${project}`),
	];
};

/** Creates what has no item of that name; returns the ids of all by name. */
const ensureNamed = async (env: SandboxEnv, kind: 'project' | 'user' | 'role', names: readonly string[], present: readonly Named[], extra: (name: string) => object): Promise<Map<string, string>> => {
	const ids = new Map(present.map(({name, id}) => [name, id]));
	for (const name of names.filter(candidate => !ids.has(candidate))) {
		const {body} = await env.api.request({method: 'POST', url: `${env.api.url.identity}/${kind}s`, body: {[kind]: {name, ...extra(name)}}});
		ids.set(name, (body as Record<string, {id: string}>)[kind]!.id);
	}

	return ids;
};

const ensureEndpoints = async (env: SandboxEnv, seen: Seen): Promise<void> => {
	const {api, config} = env;
	for (const {user, type, url} of catalog(env)) {
		const known = seen.services.find(service => service.type === type);
		const created = known ?? ((await api.request({method: 'POST', url: `${api.url.identity}/services`, body: {service: {name: user, type}}})).body as {service: Named}).service;
		for (const kind of interfaces) {
			const own = seen.endpoints.filter(endpoint => endpoint.service_id === created.id && endpoint.interface === kind);
			if (own.length === 0) {
				await api.request({method: 'POST', url: `${api.url.identity}/endpoints`, body: {endpoint: {service_id: created.id, interface: kind, region_id: config.openstack.region, url}}});
			} else if (own[0]!.url !== url) {
				await api.request({method: 'PATCH', url: `${api.url.identity}/endpoints/${own[0]!.id}`, body: {endpoint: {url}}});
			}
		}
	}
};

const ensureAll = async (env: SandboxEnv): Promise<void> => {
	const {api} = env;
	const seen = await see(env);
	const projectIds = await ensureNamed(env, 'project', projectNames(env), seen.projects, () => ({domain_id: 'default'}));
	const userIds = await ensureNamed(env, 'user', userNames(env), seen.users, name => ({domain_id: 'default', password: passwordOf(env, name)}));
	const roleIds = await ensureNamed(env, 'role', [...new Set([...wantedRoles(env).map(({role}) => role), 'ResellerAdmin'])], seen.roles, () => ({}));
	await Promise.all(wantedRoles(env).map(async ({user, project, role}) => api.request({
		method: 'PUT', url: `${api.url.identity}/projects/${projectIds.get(project)}/users/${userIds.get(user)}/roles/${roleIds.get(role)}`,
	})));
	await ensureEndpoints(env, seen);
};

/** Projects, users, roles and the catalog. */
export const identity: SandboxStep = {
	id: 'identity',
	stage: 'control-plane',
	title: 'Projects, users, roles and the service catalog',
	needs: ['keystone'],
	inputs: env => ({projects: env.config.openstack.projects, users: env.config.openstack.users, catalog: catalog(env)}),
	async probe({env}) {
		const seen = await see(env);
		const missing = missingOf(env, seen);
		return missing.length === 0
			? {state: 'present', evidence: `Keystone has ${seen.projects.length} projects, ${seen.users.length} users and ${seen.services.length} services`}
			: {state: seen.services.length > 1 ? 'broken' : 'absent', evidence: `Keystone lacks ${missing.slice(0, 4).join(', ')}${missing.length > 4 ? ` and ${missing.length - 4} more` : ''}`};
	},
	async apply({env}) {
		await ensureAll(env);
	},
	undo: {nothingLeft: 'It lies in the database of the sandbox machine and goes with its disk.'},
	timeout: 120,
	idleTimeout: 120,
	expected: 6,
	retry: {attempts: 2, delay: 3},
};
