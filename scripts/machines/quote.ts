const plainWord = /^[\w%+,./:@-][\w%+,./:=@-]*$/;
const assignment = /^[A-Za-z_]\w*=/;

/** One word for a POSIX shell. Only what needs quotes gets them, so that what is shown stays readable. */
export const quote = (word: string): string => plainWord.test(word) ? word : `'${word.replaceAll('\'', String.raw`'\''`)}'`;

/** A command line that does the same as argv when pasted into a POSIX shell. */
export const quoteAll = (argv: readonly string[]): string => argv
	// A program with such a name would be taken for an assignment.
	.map((word, index) => index === 0 && assignment.test(word) && plainWord.test(word) ? `'${word}'` : quote(word))
	.join(' ');
