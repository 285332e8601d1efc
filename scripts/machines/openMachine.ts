import {createLocalMachine} from './local.js';
import type {SshOptions} from './ssh.js';
import type {Machine} from './types.js';

/** `local`, or `ssh://user@host:port`, which is connected to at once. */
export const openMachine = async (url: string, options: SshOptions = {}): Promise<Machine> => {
	if (url === 'local') {
		return createLocalMachine();
	}

	// Most runs need no SSH: what it takes to load stays unloaded.
	const {connectSsh} = await import('./ssh.js');
	return connectSsh(url, options);
};
