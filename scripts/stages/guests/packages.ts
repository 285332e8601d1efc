import {downloadPackages, installPackages} from '../machine/machinePackages.js';

const packages = {
	name: 'compute',
	of: 'guests',
	packages: ['incus-base', 'incus-client', 'btrfs-progs'],
	expected: {download: 15, install: 40},
};

export const computeDownload = downloadPackages(packages);
export const computePackages = installPackages(packages);
