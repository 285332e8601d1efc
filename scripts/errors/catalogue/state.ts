import type {CatalogueEntry} from './entry.js';

/** K2D4xxx: the lock and the record of what was built. */
export const stateErrors = [
	{
		code: 'K2D4001',
		title: 'Another run holds the lock',
		exitCode: 4,
		cause: 'Another run of this tool is changing this environment. Its process and host are named.',
		remedy: 'Wait for it, or end it. Only if it is certainly gone: `k2hdkc-devstack unlock`.',
	},
	{
		code: 'K2D4004',
		title: 'The state was written by a newer version',
		exitCode: 3,
		cause: 'A newer version of this tool built the environment. This version could misread its record.',
		remedy: 'Use the newer version.',
	},
	{
		code: 'K2D4005',
		title: 'No such environment',
		exitCode: 2,
		cause: 'Nothing is recorded under this name on this machine.',
		remedy: 'Check --name and --machine, or build it with `k2hdkc-devstack up`.',
	},
	{
		code: 'K2D4006',
		title: 'The state cannot be written',
		exitCode: 1,
		cause: 'The record of the finished work could not be stored: the disk is full, read-only, or the directory is not writable.',
		remedy: 'Mend the disk, then resume. The last step is found by looking.',
	},
	{
		code: 'K2D4007',
		title: 'The lock was lost',
		exitCode: 4,
		cause: 'The link to the machine was gone for so long that the lock was freed, and another run may have taken it.',
		remedy: 'Make sure that no other run works on this environment, then resume.',
	},
	{
		code: 'K2D4008',
		title: 'A file of the environment is lost',
		exitCode: 1,
		cause: 'The file with the passwords or with the addresses is missing or damaged, and the machine was built with what stood in it.',
		remedy: 'Put the file back from a copy, then resume. Without one run `k2hdkc-devstack down --depth sources`, then `up`: the machine is built anew, its data is lost.',
	},
] as const satisfies readonly CatalogueEntry[];
