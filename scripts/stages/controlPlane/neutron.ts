import {ports} from '../../openstack/api.js';
import {serviceStep} from './service.js';

const plugins = '/etc/neutron/plugins/ml2';
const agents = ['neutron-openvswitch-agent', 'neutron-l3-agent', 'neutron-dhcp-agent', 'neutron-metadata-agent'];

export const neutron = serviceStep({
	id: 'neutron',
	title: 'Neutron, the network service',
	needs: ['identity', 'rabbitmq'],
	databases: ['neutron'],
	files: [
		{template: 'neutron.conf', path: '/etc/neutron/neutron.conf', owner: 'root:neutron'},
		{template: 'ml2_conf.ini', path: `${plugins}/ml2_conf.ini`, owner: 'root:neutron'},
	],
	uwsgi: ['/etc/neutron/neutron-api-uwsgi.ini'],
	prepare: () => `setpriv --reuid neutron --regid neutron --init-groups neutron-db-manage --config-file /etc/neutron/neutron.conf --config-file ${plugins}/ml2_conf.ini upgrade heads\n`,
	units: ['neutron-api', 'neutron-rpc-server'],
	ports: [ports.network],
	http: ({addresses}) => ({url: `http://${addresses.current.machine}:9696/`, status: 200}),
	async ask({api}) {
		const {body} = await api.request({url: `${api.url.network}/extensions/router`});
		return (body as {extension?: {alias?: string}}).extension?.alias === 'router' ? 'Neutron has its router extension loaded' : undefined;
	},
	expected: 40,
});

type Agent = {readonly binary: string; readonly alive: boolean};

/** Bridges first: br-ex carries the public network and the machine's own address in it. */
export const neutronAgents = serviceStep({
	id: 'neutron.agents',
	title: 'Neutron agents: Open vSwitch, routers, DHCP, metadata',
	needs: ['neutron'],
	files: [
		{template: 'openvswitch_agent.ini', path: `${plugins}/openvswitch_agent.ini`, owner: 'root:neutron'},
		{template: 'l3_agent.ini', path: '/etc/neutron/l3_agent.ini', owner: 'root:neutron'},
		{template: 'dhcp_agent.ini', path: '/etc/neutron/dhcp_agent.ini', owner: 'root:neutron'},
		{template: 'dnsmasq.conf', path: '/etc/neutron/dnsmasq.conf', mode: 0o644},
		{template: 'metadata_agent.ini', path: '/etc/neutron/metadata_agent.ini', owner: 'root:neutron'},
		{template: 'br-ex.service', path: '/etc/systemd/system/k2hdkc-devstack-br-ex.service', mode: 0o644},
		{template: 'wait-for-rpc.py', path: '/usr/local/sbin/k2hdkc-devstack-wait-for-rpc', mode: 0o755},
		...agents.map(agent => ({template: 'wait-for-rpc.conf', path: `/etc/systemd/system/${agent}.service.d/k2hdkc-devstack.conf`, mode: 0o644})),
	],
	units: ['openvswitch-switch', 'k2hdkc-devstack-br-ex', ...agents],
	async ask({api}) {
		const {body} = await api.request({url: `${api.url.network}/agents`});
		const alive = (body as {agents: Agent[]}).agents.filter(agent => agent.alive).map(agent => agent.binary);
		return agents.every(agent => alive.includes(agent)) ? `Neutron says that ${alive.toSorted().join(', ')} are alive` : undefined;
	},
	expected: 30,
});
