import {homedir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {createMachine} from './createMachine.js';
import {loadHostKeys} from './hostKeys.js';
import {openConnection, type SshTiming} from './sshConnection.js';
import {createSshLink} from './sshLink.js';
import {findLogin} from './sshLogin.js';
import {createSshTransport} from './sshTransport.js';
import {parseSshUrl, renderSshUrl} from './sshUrl.js';
import type {Machine} from './types.js';

/** `null` stands for the default, as in the configuration. */
export type SshOptions = {
	/** Key file. Default: the agent of SSH_AUTH_SOCK, then the usual files in `~/.ssh`. A given file does not keep the agent out. */
	readonly identityFile?: string | null;
	/** Default: `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`. */
	readonly knownHosts?: string | null;
	/** `known` (default): only keys on record. `first-use`: an unknown key is pinned in a file of the tool. */
	readonly hostKey?: 'known' | 'first-use';
	/** Where first-use keys are pinned. Default: `~/.config/k2hdkc-devstack/known_hosts`. */
	readonly pinnedFile?: string;
	/** Told what a person should know, such as a key that was pinned. */
	readonly onNotice?: (message: string) => void;
	readonly timing?: Partial<SshTiming>;
};

const usualTiming: SshTiming = {connectTimeout: 15, keepalive: 5, keepaliveTries: 3, reconnect: 60};

/** Another machine. Connects at once; throws K2D5001 to K2D5004 or K2D5006 that say why it cannot. */
export const connectSsh = async (url: string, options: SshOptions = {}): Promise<Machine> => {
	const address = parseSshUrl(url);
	const timing = {...usualTiming, ...options.timing};
	const home = homedir();
	const agent = process.env.SSH_AUTH_SOCK;
	const login = await findLogin({user: address.user, home, agent: agent === '' ? undefined : agent, identityFile: options.identityFile ?? undefined});
	const rules = {
		files: options.knownHosts ? [options.knownHosts] : [path.join(home, '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts'],
		pinnedFile: options.pinnedFile ?? path.join(process.env.XDG_CONFIG_HOME ?? path.join(home, '.config'), 'k2hdkc-devstack/known_hosts'),
		policy: options.hostKey ?? 'known',
		onNotice: options.onNotice ?? (() => undefined),
	};
	const name = renderSshUrl(address);
	const link = createSshLink(name, async () => openConnection(address, await loadHostKeys(address, rules), login, timing), timing);
	await link.get();
	return createMachine(createSshTransport(name, link));
};
