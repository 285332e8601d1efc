import {serviceStep} from '../controlPlane/service.js';

/** Answer of `incus query`. */
type Pool = {readonly driver: string; readonly config: {readonly source?: string}};

export const incus = serviceStep({
	id: 'incus',
	title: 'Incus, which runs guests as containers',
	needs: ['compute.packages'],
	files: [
		{template: 'incus-preseed.yaml', path: '/etc/k2hdkc-devstack/incus-preseed.yaml', mode: 0o644},
		{template: 'loop-devices.service', path: '/etc/systemd/system/k2hdkc-devstack-loop-devices.service', mode: 0o644},
	],
	prepare: () => `
systemctl start incus.socket incus.service
incus admin waitready --timeout=60
incus admin init --preseed < /etc/k2hdkc-devstack/incus-preseed.yaml
`,
	units: ['k2hdkc-devstack-loop-devices', 'incus.socket', 'incus.service'],
	async ask({machine}) {
		const {code, stdout} = await machine.run(['incus', 'query', '/1.0/storage-pools/default'], {allow: 'any', timeout: 30});
		if (code !== 0) {
			return undefined;
		}

		const {driver, config} = JSON.parse(stdout) as Pool;
		return `Incus has the storage pool default of type ${driver}, ${config.source ?? ''}`;
	},
	expected: 10,
});
