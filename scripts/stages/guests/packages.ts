import {downloadPackages, installPackages} from '../machine/machinePackages.js';

const packages = {
	name: 'compute',
	of: 'guests',
	packages: ['incus', 'incus-client', 'squashfs-tools', 'xz-utils', 'python3-psutil'],
	expected: {download: 15, install: 40},
};

export const computeDownload = downloadPackages(packages);
export const computePackages = installPackages(packages);
