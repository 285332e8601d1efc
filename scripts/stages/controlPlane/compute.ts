import {ports} from '../../openstack/api.js';
import {asUser} from './asUser.js';
import {serviceStep} from './service.js';
import {fileInputs, type ServiceFile} from './serviceFiles.js';

export const glance = serviceStep({
	id: 'glance',
	title: 'Glance, the image service',
	needs: ['identity', 'rabbitmq'],
	databases: ['glance'],
	files: [{template: 'glance-api.conf', path: '/etc/glance/glance-api.conf', owner: 'root:glance'}],
	prepare: () => `install -d -o glance -g glance -m 750 /var/lib/glance/images\n${asUser('glance')} glance-manage db_sync\n`,
	units: ['glance-api'],
	ports: [ports.image],
	http: ({addresses}) => ({url: `http://${addresses.current.machine}:9292/`, status: 300}),
	async ask({api}) {
		const {body} = await api.request({url: `${api.url.image}/images?limit=1`});
		return Array.isArray((body as {images?: unknown}).images) ? 'Glance lists its images' : undefined;
	},
	expected: 20,
});

export const placement = serviceStep({
	id: 'placement',
	title: 'Placement, the resource inventory',
	needs: ['identity'],
	databases: ['placement'],
	files: [{template: 'placement.conf', path: '/etc/placement/placement.conf', owner: 'root:placement'}],
	uwsgi: ['/etc/placement/placement-api-uwsgi.ini'],
	prepare: () => `${asUser('placement')} placement-manage db sync\n`,
	units: ['placement-api'],
	ports: [ports.placement],
	http: ({api}) => ({url: `${api.url.placement}/`, status: 200}),
	async ask({api}) {
		const {body} = await api.request({url: `${api.url.placement}/resource_providers`});
		const providers = (body as {resource_providers?: unknown[]}).resource_providers;
		return providers && `Placement lists ${providers.length} resource providers`;
	},
	expected: 15,
});

type ComputeService = {readonly binary: string; readonly state: string};

const novaFiles: readonly ServiceFile[] = [{template: 'nova.conf', path: '/etc/nova/nova.conf', owner: 'root:nova'}];

/** Databases first and by themselves: they take longest of all and need nothing of the other services. */
export const novaDatabases = serviceStep({
	id: 'nova.databases',
	title: 'Databases and cells of Nova',
	needs: ['mariadb'],
	databases: ['nova', 'nova_api', 'nova_cell0'],
	files: novaFiles,
	// The cells' addresses come from nova.conf by template, so that no password is on a command line.
	prepare: () => `
run() { ${asUser('nova')} nova-manage "$@"; }
run api_db sync
run cell_v2 map_cell0 --database_connection '{scheme}://{username}:{password}@{hostname}/nova_cell0'
run db sync
run cell_v2 list_cells | grep -qw cell1 || run cell_v2 create_cell --name cell1 --database_connection '{scheme}://{username}:{password}@{hostname}/{path}?{query}' --transport-url '{scheme}://{username}:{password}@{hostname}:{port}/{path}'
`,
	units: [],
	async ask({machine}) {
		const {stdout, code} = await machine.run(['mariadb', '--batch', '--skip-column-names'], {
			input: 'SELECT COUNT(*) FROM nova_api.cell_mappings; SELECT COUNT(*) FROM nova.services;', allow: 'any',
		});
		return code === 0 && Number(stdout.split('\n')[0]) === 2 ? 'Nova has its two cells' : undefined;
	},
	expected: 30,
});

export const nova = serviceStep({
	id: 'nova',
	title: 'Nova, the compute service',
	// Conductor and scheduler end at once while the catalog names a Placement that does not answer.
	needs: ['identity', 'rabbitmq', 'placement', 'nova.databases'],
	files: [],
	uwsgi: ['/etc/nova/nova-api-uwsgi.ini', '/etc/nova/nova-api-metadata-uwsgi.ini'],
	units: ['nova-api', 'nova-api-metadata', 'nova-scheduler', 'nova-conductor'],
	ports: [ports.compute, 8775],
	inputs: env => fileInputs(novaFiles, env),
	http: ({addresses}) => ({url: `http://${addresses.current.machine}:8774/`, status: 200}),
	async ask({api}) {
		const {body} = await api.request({url: `${api.url.compute}/os-services`});
		const {services} = body as {services: ComputeService[]};
		const up = services.filter(({state}) => state === 'up').map(({binary}) => binary);
		const complete = ['nova-scheduler', 'nova-conductor'].every(binary => up.includes(binary));
		return complete ? `Nova says that ${up.join(', ')} are up${services.some(({binary}) => binary === 'nova-compute') ? '' : '; it has no compute host'}` : undefined;
	},
	expected: 20,
});
