import type {CatalogueEntry} from './entry.js';

/** K2D6xxx: sources, patches and the datastore. */
export const sourceErrors = [
	{
		code: 'K2D6001',
		title: 'A source is not reachable',
		exitCode: 1,
		cause: 'A repository, index, mirror or directory named under `sources` does not answer or is not there.',
		remedy: 'Check the address under `sources` in the configuration, and the proxy settings, then resume.',
	},
	{
		code: 'K2D6003',
		title: 'A source has the wrong checksum',
		exitCode: 1,
		cause: 'The file is not the one that was pinned: it was replaced at its origin or damaged on the way.',
		remedy: 'Do not use it. Compare with the origin, and correct the pinned checksum only if the change is meant.',
	},
	{
		code: 'K2D6004',
		title: 'The patch does not apply',
		exitCode: 1,
		cause: 'The end of trove/common/cfg.py in this source is not as the patch expects.',
		remedy: 'Use a supported release or its unmodified source. `k2hdkc-devstack patches check` shows which apply.',
	},
	{
		code: 'K2D6005',
		title: 'Trove refused the datastore',
		exitCode: 1,
		cause: 'The program trove-manage or the Trove API did not accept the datastore, one of its versions or its parameters.',
		remedy: 'Read the last lines, check `datastore` in the configuration, then resume.',
	},
	{
		code: 'K2D6006',
		title: 'A program that fetches or checks sources is missing',
		exitCode: 1,
		cause: 'Fetching a source and checking the patch uses git, python3 with pip, patch, tar or apt of this machine.',
		remedy: 'Install the program that the message names.',
	},
	{
		code: 'K2D6007',
		title: 'The guest image does not work',
		exitCode: 1,
		cause: 'The disk was booted under qemu, and a part of it that instances need is not as it must be.',
		remedy: 'Read the serial line in the log. If packages, files or hooks of your configuration changed the image, correct them, then resume.',
	},
	{
		code: 'K2D6008',
		title: 'The programs of K2HDKC are not there',
		exitCode: 1,
		cause: 'No distribution has them as packages, and the configuration names no place, or one where they are not.',
		remedy: 'Set sources.k2hdkc to directory:/PATH (installed, with bin and lib), packages:NAME=VERSION or image:NAME. Everything else works without.',
	},
	{
		code: 'K2D6009',
		title: 'A container image does not keep its contract',
		exitCode: 1,
		cause: 'The image was looked at and started, and a part of it that Trove or its users rely on is not as it must be.',
		remedy: 'The message names each part. If packages, hooks or the base of your configuration changed the image, correct them; programs must be built for its distribution. Then resume.',
	},
	{
		code: 'K2D6010',
		title: 'The image is not built',
		exitCode: 1,
		cause: 'Only an image of the present configuration that was looked at and found right is pushed.',
		remedy: 'Build it first: k2hdkc-devstack images build database.',
	},
	{
		code: 'K2D6011',
		title: 'The tag belongs to another image',
		exitCode: 1,
		cause: 'The registry has an image of that name and tag, and others may use it.',
		remedy: 'Push it under another name with --to, or replace that image with --overwrite.',
	},
	{
		code: 'K2D6012',
		title: 'A registry refuses an image',
		exitCode: 1,
		cause: 'The registry does not answer, its certificate is not trusted, or it wants other credentials.',
		remedy: 'Log in with `docker login`, or give a file of that form with --credentials. A registry without TLS must be listed in datastore.options.docker_insecure_registries.',
	},
	{
		code: 'K2D6060',
		title: 'Something from outside is not here',
		exitCode: 3,
		cause: 'With --offline nothing is fetched, and steps of the plan need what is not in the cache, or programs that are not installed. Nothing was changed.',
		remedy: 'Run `k2hdkc-devstack fetch` with the same profile and options while there is a network, then repeat the command.',
	},
] as const satisfies readonly CatalogueEntry[];
