import {allocationPool} from '../addresses.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';

type Item = {readonly id: string; readonly name: string} & Readonly<Record<string, unknown>>;

const find = async ({api}: SandboxEnv, kind: 'network' | 'subnet' | 'router', name: string): Promise<Item | undefined> => {
	const {body} = await api.request({url: `${api.url.network}/${kind}s?name=${encodeURIComponent(name)}`});
	return (body as Record<string, Item[]>)[`${kind}s`]?.[0];
};

const ensure = async (env: SandboxEnv, kind: 'network' | 'subnet' | 'router', name: string, wanted: object): Promise<Item> => {
	const known = await find(env, kind, name);
	if (known) {
		return known;
	}

	const {body} = await env.api.request({method: 'POST', url: `${env.api.url.network}/${kind}s`, body: {[kind]: {name, ...wanted}}});
	return (body as Record<string, Item>)[kind]!;
};

const projectId = async ({api}: SandboxEnv, name: string): Promise<string> => {
	const {body} = await api.request({url: `${api.url.identity}/projects?name=${name}`});
	return (body as {projects: Item[]}).projects[0]!.id;
};

/** The tenant's network belongs to project demo as in DevStack; the public one lies flat on br-ex, without DHCP. The last address of each is K2HR3's. */
const build = async (env: SandboxEnv): Promise<void> => {
	const {api, config, addresses: {current}} = env;
	const {private: inner, public: outer, router: routerName, dns} = config.openstack.networks;
	const demo = await projectId(env, 'demo');
	const publicNetwork = await ensure(env, 'network', outer.name, {'router:external': true, 'provider:network_type': 'flat', 'provider:physical_network': 'public'});
	await ensure(env, 'subnet', outer.subnet, {network_id: publicNetwork.id, ip_version: 4, cidr: current.publicCidr, gateway_ip: current.publicGateway, enable_dhcp: false, allocation_pools: [allocationPool(current.publicCidr)]});
	const privateNetwork = await ensure(env, 'network', inner.name, {project_id: demo});
	const subnet = await ensure(env, 'subnet', inner.subnet, {project_id: demo, network_id: privateNetwork.id, ip_version: 4, cidr: current.privateCidr, dns_nameservers: dns, allocation_pools: [allocationPool(current.privateCidr)]});
	const router = await ensure(env, 'router', routerName, {project_id: demo, external_gateway_info: {network_id: publicNetwork.id}});
	const {body} = await api.request({url: `${api.url.network}/ports?device_id=${router.id}&network_id=${privateNetwork.id}`});
	if ((body as {ports: unknown[]}).ports.length === 0) {
		await api.request({method: 'PUT', url: `${api.url.network}/routers/${router.id}/add_router_interface`, body: {subnet_id: subnet.id}});
	}
};

/** Networks `private` and `public` and the router between them. */
export const networks: SandboxStep = {
	id: 'networks',
	stage: 'control-plane',
	title: 'Networks and router',
	needs: ['neutron.agents'],
	inputs: ({config, addresses: {current}}) => ({networks: config.openstack.networks, private: current.privateCidr, public: current.publicCidr}),
	async probe({env}) {
		const {api, config, addresses: {current}} = env;
		const {private: inner, public: outer, router: routerName} = config.openstack.networks;
		const [innerSubnet, outerSubnet, router] = await Promise.all([
			find(env, 'subnet', inner.subnet), find(env, 'subnet', outer.subnet), find(env, 'router', routerName),
		]);
		if (!innerSubnet || !outerSubnet || !router) {
			return {state: 'absent', evidence: `Neutron lacks ${[innerSubnet ? [] : [inner.subnet], outerSubnet ? [] : [outer.subnet], router ? [] : [routerName]].flat().join(', ')}`};
		}

		const {body} = await api.request({url: `${api.url.network}/ports?device_id=${router.id}`});
		const gateways = (body as {ports: Array<{device_owner: string}>}).ports.map(port => port.device_owner);
		const complete = gateways.includes('network:router_gateway') && gateways.some(owner => owner.startsWith('network:router_interface'))
			&& innerSubnet.cidr === current.privateCidr && outerSubnet.cidr === current.publicCidr;
		return complete
			? {state: 'present', evidence: `${routerName} joins ${inner.name} (${current.privateCidr}) and ${outer.name} (${current.publicCidr})`}
			: {state: 'broken', evidence: `${routerName} does not join ${inner.name} and ${outer.name} with the ranges wanted`};
	},
	async apply({env}) {
		await build(env);
	},
	undo: {nothingLeft: 'They lie in the database of the sandbox machine and go with its disk.'},
	timeout: 120,
	idleTimeout: 120,
	expected: 8,
	retry: {attempts: 3, delay: 5},
};
