const plainWord = /^[-\w@%+=:,./]+$/;

/** A word as a shell takes it: quoted only where it must be. */
export const quoteWord = (word: string): string => plainWord.test(word) ? word : `'${word.replaceAll('\'', String.raw`'\''`)}'`;

/**
 * The command that goes on from here: the same one, without --fresh, which would begin from the start again.
 * `env` tells whether npx was used.
 */
export const resumeCommand = (argv: readonly string[], env: Readonly<Record<string, string | undefined>>): string => {
	const program = env.npm_command === 'exec' ? ['npx', 'k2hdkc-devstack'] : ['k2hdkc-devstack'];
	return [...program, ...argv.filter(word => word !== '--fresh')].map(word => quoteWord(word)).join(' ');
};
