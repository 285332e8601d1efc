import type {ApiRequest} from '../../openstack/api.js';
import {ToolError} from '../../errors/toolError.js';
import type {Probe} from '../../pipeline/types.js';
import {serverName} from './facts.js';
import type {K2hr3Env, K2hr3Step} from './k2hr3Env.js';
import {ensureKeyPair, hasKeyPair, removeKeyPair} from './keyPair.js';

type Group = {readonly name: string; readonly project: string; readonly ports: readonly number[]};

/** Who may reach the server of K2HR3, and what slave nodes of the users need. */
const groupsOf = ({config: {k2hr3: {ports}}, k2hr3: {projects}}: Pick<K2hr3Env, 'config' | 'k2hr3'>): readonly Group[] => [
	{name: 'k2hdkc-dbaas-k2hr3-secgroup', project: 'admin', ports: [ports.api, ports.app, 22]},
	...projects.map(project => ({name: 'k2hdkc-slave-sec', project, ports: [8031, 22]})),
];

type Kind = 'security-group' | 'security-group-rule' | 'port' | 'floatingip' | 'network';
type Item = {readonly id: string} & Readonly<Record<string, unknown>>;

const keyOf = (kind: Kind): string => kind.replaceAll('-', '_');

const ask = async ({api}: K2hr3Env, path: string, wanted: Omit<ApiRequest, 'url'> = {}): Promise<unknown> => (await api.request({...wanted, url: `${api.url.network}/${path}`})).body;

const list = async (env: K2hr3Env, kind: Kind, query: string): Promise<readonly Item[]> => (await ask(env, `${kind}s?${query}`) as Record<string, Item[]>)[`${keyOf(kind)}s`]!;

const create = async (env: K2hr3Env, kind: Kind, item: object): Promise<Item> => (await ask(env, `${kind}s`, {method: 'POST', body: {[keyOf(kind)]: item}}) as Record<string, Item>)[keyOf(kind)]!;

/** A group that a user's own server still has stays. */
const remove = async (env: K2hr3Env, kind: Kind, item: Item | undefined): Promise<void> => {
	if (item) {
		await ask(env, `${kind}s/${item.id}`, {method: 'DELETE', allow: [204, 404, ...(kind === 'security-group' ? [409] : [])]});
	}
};

const projectIds = async ({api}: K2hr3Env): Promise<ReadonlyMap<string, string>> => {
	const {body} = await api.request({url: `${api.url.identity}/projects`});
	return new Map((body as {projects: ReadonlyArray<{name: string; id: string}>}).projects.map(({name, id}) => [name, id]));
};

const findGroup = async (env: K2hr3Env, {name, project}: Group): Promise<Item | undefined> => {
	const id = (await projectIds(env)).get(project);
	return (await list(env, 'security-group', `name=${name}&project_id=${id}`))[0];
};

/** Ports of a group that nothing opens yet. */
const closed = (group: Item, {ports}: Group): readonly number[] => {
	const rules = group.security_group_rules as ReadonlyArray<{direction: string; port_range_min: number | null; port_range_max: number | null}>;
	return ports.filter(port => !rules.some(({direction, port_range_min: min, port_range_max: max}) => direction === 'ingress' && min === port && max === port));
};

const ensureGroup = async (env: K2hr3Env, group: Group): Promise<Item> => {
	const project = (await projectIds(env)).get(group.project);
	const item = await findGroup(env, group) ?? await create(env, 'security-group', {name: group.name, project_id: project, description: 'K2HDKC DBaaS'});
	for (const port of closed(item, group)) {
		await create(env, 'security-group-rule', {security_group_id: item.id, project_id: project, direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp', port_range_min: port, port_range_max: port});
	}

	return item;
};

/** A user may have one of that name too. */
export const findPort = async (env: K2hr3Env): Promise<Item | undefined> => (await list(env, 'port', `name=${serverName}&project_id=${await env.api.projectId()}`))[0];

const findFloating = async (env: K2hr3Env): Promise<Item | undefined> => (await list(env, 'floatingip', `floating_ip_address=${env.k2hr3.place().floating}`))[0];

const networkId = async (env: K2hr3Env, name: string): Promise<string> => (await list(env, 'network', `name=${encodeURIComponent(name)}`))[0]!.id;

const ensurePort = async (env: K2hr3Env, group: Item): Promise<Item> => {
	const known = await findPort(env);
	if (known) {
		return known;
	}

	const {fixed} = env.k2hr3.place();
	const network = await networkId(env, env.k2hr3.networks.private);
	const [holder] = await list(env, 'port', `network_id=${network}&fixed_ips=ip_address%3D${fixed}`);
	if (holder) {
		const who = holder.device_owner === '' ? 'a port of nobody' : String(holder.device_owner);
		throw new ToolError('K2D7019', `${fixed}, the address that K2HR3 gets, belongs to the port ${holder.id} (${who})`);
	}

	return create(env, 'port', {name: serverName, network_id: network, fixed_ips: [{ip_address: fixed}], security_groups: [group.id]});
};

const ensureFloating = async (env: K2hr3Env, port: Item): Promise<void> => {
	const known = await findFloating(env);
	if (known) {
		await ask(env, `floatingips/${known.id}`, {method: 'PUT', body: {floatingip: {port_id: port.id}}});
		return;
	}

	const network = await networkId(env, env.k2hr3.networks.public);
	await create(env, 'floatingip', {floating_network_id: network, floating_ip_address: env.k2hr3.place().floating, port_id: port.id, description: serverName});
};

const probe = async (env: K2hr3Env): Promise<Probe> => {
	const groups = await Promise.all(groupsOf(env).map(async group => ({group, item: await findGroup(env, group)})));
	const [port, floating] = [await findPort(env), await findFloating(env)];
	const missing = [
		...groups.flatMap(({group, item}) => item && closed(item, group).length === 0 ? [] : [`security group ${group.name}`]),
		...(await hasKeyPair(env) ? [] : [`key pair ${serverName}`]),
		...(port ? [] : [`port ${serverName}`]),
		...(port && floating?.port_id === port.id ? [] : ['floating address']),
	];
	const {fixed, floating: outer} = env.k2hr3.place();
	if (missing.length === 0) {
		return {state: 'present', evidence: `there are the key pair and the port ${serverName} with ${fixed} and ${outer}, and ${groups.map(({group: {name}}) => name).join(', ')}`};
	}

	return {state: missing.length === groups.length + 3 ? 'absent' : 'broken', evidence: `not there: ${missing.join(', ')}`};
};

/** Key pair, security groups, and a port with the addresses of the server; they outlive a server that is made anew. */
export const k2hr3Place: K2hr3Step = {
	id: 'k2hr3.place',
	stage: 'k2hr3',
	title: 'Key pair, security groups and addresses of the K2HR3 server',
	needs: ['k2hr3.key', 'networks', 'nova'],
	inputs(env) {
		const {fixed, floating} = env.k2hr3.place();
		return {groups: groupsOf(env), addresses: {fixed, floating}};
	},
	probe: async ({env}) => probe(env),
	async apply({env}) {
		const [own, ...others] = groupsOf(env);
		await ensureKeyPair(env);
		const group = await ensureGroup(env, own!);
		await Promise.all(others.map(async other => ensureGroup(env, other)));
		await ensureFloating(env, await ensurePort(env, group));
	},
	undo: {
		nothingLeft: 'They lie in the databases of the cloud and go with them.',
		async release({env}) {
			const [port, floating] = [await findPort(env), await findFloating(env)];
			await removeKeyPair(env);
			await remove(env, 'floatingip', floating);
			await remove(env, 'port', port);
			for (const group of groupsOf(env)) {
				await remove(env, 'security-group', await findGroup(env, group));
			}
		},
	},
	timeout: 120,
	idleTimeout: 120,
	expected: 5,
	retry: {attempts: 3, delay: 5},
};
