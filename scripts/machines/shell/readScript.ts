const mark = '# end of script';

/**
 * A script comes on standard input, so that nothing of it shows in argv; all of it is read before anything of it runs, so that
 * its commands find an empty standard input. The mark tells a whole script from one that a dropped link has cut.
 */
export const readScript = {
	argv: ['sh', '-eu', '-c', `text=$(cat); case $text in *"${mark}") ;; *) echo 'the script arrived in part' >&2; exit 125 ;; esac; eval "$text"`, 'sh'],
	input: (text: string): Uint8Array => Buffer.from(`${text}\n${mark}\n`),
} as const;
