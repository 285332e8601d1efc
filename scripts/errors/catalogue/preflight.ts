import type {CatalogueEntry} from './entry.js';

/** K2D3xxx: the machine is not fit for the work. Found before anything was changed. */
export const preflightErrors = [
	{
		code: 'K2D3001',
		title: 'The machine is not ready',
		exitCode: 3,
		cause: 'One or more preflight checks failed. Nothing was changed.',
		remedy: 'Run `k2hdkc-devstack doctor` for all checks, each with its remedy.',
	},
	{
		code: 'K2D3002',
		title: 'Root is needed',
		exitCode: 3,
		cause: 'Building a machine needs mounts, network namespaces and packages, which only root may do.',
		remedy: 'Run the command as root, for example with sudo.',
	},
	{
		code: 'K2D3003',
		title: 'Too little memory',
		exitCode: 3,
		cause: 'The machine has less free memory than the profile needs.',
		remedy: 'Use a larger machine, stop other programs, or leave components out with --without.',
	},
	{
		code: 'K2D3004',
		title: 'Too little disk space',
		exitCode: 3,
		cause: 'The file system of the environment has less free space than the profile needs.',
		remedy: 'Free some space, or put paths.state and paths.cache on a larger disk.',
	},
	{
		code: 'K2D3005',
		title: 'A needed program is missing',
		exitCode: 3,
		cause: 'A program that builds the environment is not installed on the machine.',
		remedy: 'Install the package that is named.',
	},
	{
		code: 'K2D3006',
		title: 'No address range is free',
		exitCode: 3,
		cause: 'Every range that the environment could use overlaps a route of the machine.',
		remedy: 'Set sandbox.managementCidr, openstack.networks.public.cidr and openstack.networks.private.cidr to ranges that are free in your network.',
	},
	{
		code: 'K2D3007',
		title: 'A port or name is already in use',
		exitCode: 3,
		cause: 'Something that does not belong to this environment uses a port, machine name or directory it needs.',
		remedy: 'Stop or remove what is named, or choose another environment with --name.',
	},
	{
		code: 'K2D3008',
		title: 'A directory is not writable',
		exitCode: 3,
		cause: 'The tool cannot write where it keeps its state or cache.',
		remedy: 'Make the directory writable, or choose others with paths.state and paths.cache.',
	},
	{
		code: 'K2D3009',
		title: 'The operating system is not supported',
		exitCode: 3,
		cause: 'The profile builds on other systems than the one of this machine.',
		remedy: 'Use a machine with one of the systems that are named, here or with --machine.',
	},
	{
		code: 'K2D3010',
		title: 'The kernel lacks what a machine needs',
		exitCode: 3,
		cause: 'Namespaces, overlay file systems or network features are missing, often because this is itself a restricted container.',
		remedy: 'Use a stock kernel of the distribution, or a machine that is not a restricted container.',
	},
	{
		code: 'K2D3011',
		title: 'A source does not answer',
		exitCode: 3,
		cause: 'The mirror that a step needs does not answer, or does not have the suite.',
		remedy: 'Check the network, the proxy and the address under `sources` in the configuration.',
	},
	{
		code: 'K2D3012',
		title: 'The certificate of the authority cannot be used',
		exitCode: 3,
		cause: 'The file that proxy.caFile names is not on the machine where the environment is built, or holds no certificate in PEM form.',
		remedy: 'Put the certificate there, or correct proxy.caFile.',
	},
] as const satisfies readonly CatalogueEntry[];
