import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../../errors/toolError.js';
import type {Probe} from '../../pipeline/types.js';
import {asUser} from '../controlPlane/asUser.js';
import {serviceStep} from '../controlPlane/service.js';
import {pythonPackageHash, pythonPackageStep} from '../pythonPackageStep.js';
import {resourceClasses} from '../resourceClasses.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';

const driver = {id: 'compute.driver', title: 'Python package nova-incus, the compute driver', name: 'nova-incus'} as const;

export const computeDriver = pythonPackageStep(driver);

type ComputeService = {readonly binary: string; readonly host: string; readonly state: string};

const isUp = async ({api, machineName}: SandboxEnv): Promise<boolean> => {
	const {body} = await api.request({url: `${api.url.compute}/os-services?binary=nova-compute`});
	return (body as {services: ComputeService[]}).services.some(({host, state}) => host === machineName && state === 'up');
};

export const novaCompute = serviceStep({
	id: 'compute',
	title: 'nova-compute, which makes servers',
	needs: ['nova', 'glance', 'neutron.agents', 'incus', 'compute.driver'],
	files: [
		{template: 'nova-compute.conf', path: '/etc/nova/nova-compute.conf', owner: 'root:nova'},
		{template: 'nova-incus.sudoers', path: '/etc/sudoers.d/nova-incus', mode: 0o440},
		{template: 'nova-compute.service', path: '/etc/systemd/system/nova-compute.service', mode: 0o644},
	],
	prepare: () => 'install -d -o nova -g nova -m 711 /var/lib/nova/instances\n',
	units: ['nova-compute'],
	ask: async env => await isUp(env) ? `Nova says that nova-compute on ${env.machineName} is up` : undefined,
	inputs: () => ({driver: pythonPackageHash(driver)}),
	expected: 20,
});

type Hypervisor = {readonly hypervisor_hostname: string; readonly state: string};
type Inventory = {readonly total: number};

/** Whether the host is one to which servers go: mapped to a cell, and with an inventory to choose it by. */
const hostProbe = async ({api, machineName}: SandboxEnv): Promise<Probe> => {
	const [hypervisors, providers] = await Promise.all([
		api.request({url: `${api.url.compute}/os-hypervisors`}), api.request({url: `${api.url.placement}/resource_providers?name=${machineName}`}),
	]);
	const hypervisor = (hypervisors.body as {hypervisors: Hypervisor[]}).hypervisors.find(({hypervisor_hostname: name}) => name === machineName);
	const [provider] = (providers.body as {resource_providers: Array<{uuid: string}>}).resource_providers;
	if (hypervisor?.state !== 'up' || !provider) {
		return {state: 'absent', evidence: hypervisor ? `Nova calls ${machineName} ${hypervisor.state}; Placement has ${provider ? 'it' : 'no such provider'}` : `Nova lists no hypervisor ${machineName}`};
	}

	const {body} = await api.request({url: `${api.url.placement}/resource_providers/${provider.uuid}/inventories`});
	const {inventories} = body as {inventories: Record<string, Inventory>};
	const missing = resourceClasses.filter(name => !inventories[name]?.total);
	return missing.length === 0
		? {state: 'present', evidence: `${machineName} is a hypervisor of Nova, and Placement offers ${resourceClasses.map(name => `${inventories[name]!.total} ${name}`).join(', ')} of it`}
		: {state: 'broken', evidence: `Placement has ${machineName} without ${missing.join(', ')}`};
};

const discoverScript = `${asUser('nova')} nova-manage cell_v2 discover_hosts --by-service\n`;

/** The host in its cell: the scheduler looks for new ones once a minute only. */
export const computeHost: SandboxStep = {
	id: 'compute.host',
	stage: 'control-plane',
	title: 'Compute host, known to Nova and Placement',
	needs: ['compute', 'placement'],
	inputs: ({machineName}) => ({machineName}),
	probe: async ({env}) => hostProbe(env),
	async apply({env, job, signal, progress}) {
		const started = Date.now();
		await job(env.machine, ['sh', '-eu'], {input: discoverScript});
		for (;;) {
			const {state, evidence} = await hostProbe(env);
			if (state === 'present') {
				return;
			}

			const seconds = Math.round((Date.now() - started) / 1000);
			if (seconds > 120 * env.config.timeouts.scale) {
				throw new ToolError('K2D2210', `After ${seconds} s no server can go to the compute host ${env.machineName}: ${evidence}`);
			}

			progress.say(`waiting: ${evidence}`);
			await sleep(1000, undefined, {signal});
		}
	},
	undo: {nothingLeft: 'It lies in the databases of the sandbox machine and goes with its disk.'},
	timeout: 300,
	idleTimeout: 300,
	expected: 8,
};
