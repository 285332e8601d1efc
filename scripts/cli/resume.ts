import {quoteAll} from '../machines/quote.js';
import type {Options} from './program.js';

type Env = Readonly<Record<string, string | undefined>>;

/** The words that call this program. `env` tells whether npx was used. */
const program = (env: Env): readonly string[] => env.npm_command === 'exec' ? ['npx', 'k2hdkc-devstack'] : ['k2hdkc-devstack'];

/** The command that goes on from here: the same one, without --fresh, which would begin from the start again. */
export const resumeCommand = (argv: readonly string[], env: Env): string =>
	quoteAll([...program(env), ...argv.filter(word => word !== '--fresh')]);

/** The command that fetches what a command with these options needs. */
export const fetchCommand = (options: Options, profile: string | undefined, env: Env): string => {
	const given = (['profile', 'name', 'machine', 'release', 'set', 'with', 'without'] as const).flatMap(flag => {
		const value = options[flag] ?? [];
		return (typeof value === 'string' ? [value] : value).flatMap(word => [`--${flag}`, word]);
	});
	return quoteAll([...program(env), 'fetch', ...(profile === undefined ? [] : [profile]), ...given]);
};
