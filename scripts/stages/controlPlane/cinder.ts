import {ports} from '../../openstack/api.js';
import {pythonPackageHash, pythonPackageStep} from '../pythonPackageStep.js';
import {asUser} from './asUser.js';
import {serviceStep} from './service.js';
import {fileInputs, type ServiceFile} from './serviceFiles.js';

const configuration: readonly ServiceFile[] = [{template: 'cinder.conf', path: '/etc/cinder/cinder.conf', owner: 'root:cinder'}];

export const cinder = serviceStep({
	id: 'cinder',
	title: 'Cinder, the volume service',
	needs: ['identity', 'rabbitmq'],
	databases: ['cinder'],
	files: configuration,
	uwsgi: ['/etc/cinder/cinder-api-uwsgi.ini'],
	prepare: () => `${asUser('cinder')} cinder-manage db sync\n`,
	units: ['cinder-api', 'cinder-scheduler'],
	ports: [ports.volume],
	http: ({addresses}) => ({url: `http://${addresses.current.machine}:8776/`, status: 300}),
	async ask({api}) {
		const {body} = await api.request({url: `${api.url.volume}/${await api.projectId()}/types`});
		const types = (body as {volume_types?: unknown[]}).volume_types;
		return types && `Cinder lists ${types.length} volume types`;
	},
	expected: 25,
});

const driver = {id: 'cinder.driver', title: 'Python package cinder-file, the volume driver', name: 'cinder-file'} as const;

export const cinderDriver = pythonPackageStep(driver);

type VolumeService = {readonly host: string; readonly state: string};
type Pool = {readonly name: string; readonly capabilities: {readonly free_capacity_gb?: number}};

/** The back end: volumes are files of the machine. Its pool is what the scheduler knows once the driver is ready. */
export const cinderVolumes = serviceStep({
	id: 'cinder.volumes',
	title: 'Volumes of Cinder: the back end `file`',
	needs: ['cinder', 'cinder.driver'],
	files: [{template: 'cinder-volume.service', path: '/etc/systemd/system/cinder-volume.service', mode: 0o644}],
	// Nova's own user looks at a volume before it has root attach it.
	prepare: () => 'install -d -o cinder -g cinder -m 711 /var/lib/cinder /var/lib/cinder/volumes\n',
	units: ['cinder-volume'],
	inputs: env => ({configuration: fileInputs(configuration, env), driver: pythonPackageHash(driver)}),
	async ask({api, machineName}) {
		const project = `${api.url.volume}/${await api.projectId()}`;
		const [{body: {services}}, {body: {pools}}] = await Promise.all([
			api.request({url: `${project}/os-services?binary=cinder-volume`}) as Promise<{body: {services: readonly VolumeService[]}}>,
			api.request({url: `${project}/scheduler-stats/get_pools?detail=true`}) as Promise<{body: {pools: readonly Pool[]}}>,
		]);
		const backend = `${machineName}@file`;
		const pool = pools.find(({name}) => name === `${backend}#file`);
		return pool && services.some(({host, state}) => host === backend && state === 'up')
			? `Cinder says that ${backend} is up, with ${pool.capabilities.free_capacity_gb} GiB free`
			: undefined;
	},
	expected: 15,
});
