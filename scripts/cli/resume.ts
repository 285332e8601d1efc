import {quoteAll} from '../machines/quote.js';

/**
 * The command that goes on from here: the same one, without --fresh, which would begin from the start again.
 * `env` tells whether npx was used.
 */
export const resumeCommand = (argv: readonly string[], env: Readonly<Record<string, string | undefined>>): string => {
	const program = env.npm_command === 'exec' ? ['npx', 'k2hdkc-devstack'] : ['k2hdkc-devstack'];
	return quoteAll([...program, ...argv.filter(word => word !== '--fresh')]);
};
