import type {CatalogueEntry} from './entry.js';

/** K2D9xxx: faults of the tool itself. */
export const internalErrors = [
	{
		code: 'K2D9001',
		title: 'Internal error',
		exitCode: 1,
		cause: 'The tool met a case it was not written for.',
		remedy: 'Run it again with -v to see where. Please report it with the output of `k2hdkc-devstack support-bundle`.',
	},
] as const satisfies readonly CatalogueEntry[];
