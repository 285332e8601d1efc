import type {RingStatus} from '../../k2hr3/documents.js';
import type {Machine} from '../../machines/types.js';

/** In what `chmpxstatus -self` prints. */
export const stateIn = (text: string): string => /^\s*status\s*=[^[\n]*(\[.*])\s*$/m.exec(text)?.[1] ?? 'does not run';

/** `inServer`: words that run argv in the server of K2HR3, on the machine. An emulated one may take longer to answer than a command is given. */
export const ringStatus = async (machine: Pick<Machine, 'run'>, inServer: (argv: readonly string[]) => readonly string[]): Promise<RingStatus> => {
	const ask = async (node: keyof RingStatus): Promise<string> =>
		machine.run(inServer(['/usr/local/bin/chmpxstatus', '-conf', `/etc/k2hr3/${node}.ini`, '-self']), {allow: 'any', timeout: 60}).then(({stdout}) => stateIn(stdout), () => 'does not answer');

	return {server: await ask('server'), slave: await ask('slave')};
};
