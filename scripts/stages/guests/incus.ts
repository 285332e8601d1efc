import {serviceStep} from '../controlPlane/service.js';

/** Answer of `incus query`. */
type Pool = {readonly driver: string; readonly config: {readonly source?: string}};

/** GiB that roots of guests may take where they lie in a file; it is sparse and grows as it is written. */
const poolSizeGiB = 100;

/**
 * With btrfs the image is unpacked once and every guest is a snapshot of it, there within a second and gone as fast; a full copy for each takes ten
 * times as long. Where the kernel has no btrfs, or no loop device for the file, it is full copies. A pool that is there stays as it is.
 */
const poolScript = `
incus query /1.0/storage-pools/default >/dev/null 2>&1 || incus storage create default btrfs size=${poolSizeGiB}GiB || incus storage create default dir
`;

export const incus = serviceStep({
	id: 'incus',
	title: 'Incus, which runs guests as containers',
	needs: ['compute.packages'],
	files: [
		{template: 'loop-devices.service', path: '/etc/systemd/system/k2hdkc-devstack-loop-devices.service', mode: 0o644},
		{template: 'guests.service', path: '/etc/systemd/system/k2hdkc-devstack-guests.service', mode: 0o644},
	],
	prepare: () => `
systemctl start k2hdkc-devstack-loop-devices.service incus.socket incus.service
incus admin waitready --timeout=60
# No unit of this step: to be restarted it would shut all guests down.
systemctl enable --quiet --now k2hdkc-devstack-guests.service
${poolScript}`,
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
