import {quote} from '../../machines/quote.js';
import {guestConsole, unitTroubles} from '../guests/guests.js';
import {keyFile, knownHosts} from '../k2hr3/keyPair.js';
import type {K2hr3Troubles} from '../k2hr3/k2hr3Env.js';
import type {DevstackEnv} from './devstackEnv.js';

type Way = Pick<DevstackEnv, 'api' | 'host' | 'paths'>;
type Server = {readonly id: string};

/** What cloud-init writes to the console: a line each, kind and key. */
export const hostKeysIn = (console: string): readonly string[] => {
	const [, block = ''] = /-----BEGIN SSH HOST KEY KEYS-----(.*?)-----END SSH HOST KEY KEYS-----/s.exec(console) ?? [];
	return [...block.matchAll(/^\s*((?:ssh|ecdsa)-\S+ [\w+/=]+)/gm)].map(match => match[1]!);
};

/** Keeps the host keys that the console has now, which nobody on the way can write to, for the address by which the machine reaches the server. */
const keepHostKeys = async (way: Way, console: string, address: string): Promise<void> => {
	const keys = hostKeysIn(console);
	if (keys.length > 0) {
		await way.host.write(knownHosts(way), keys.map(key => `${address} ${key}\n`).join(''), {mode: 0o600});
	}
};

export const learnHostKeys = async (way: Way, server: Server, address: string): Promise<void> => {
	await keepHostKeys(way, await guestConsole(way, server)(), address);
};

/** Words that run argv in the server as root, by ssh with the tool's own key. `options`: of ssh besides. */
export const inK2hr3Server = (way: Pick<Way, 'paths'>, address: string, argv: readonly string[], options: readonly string[] = []): readonly string[] => [
	'ssh', '-i', keyFile(way), '-o', `UserKnownHostsFile=${knownHosts(way)}`, '-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'LogLevel=ERROR', ...options,
	`debian@${address}`, ['sudo', ...argv].map(word => quote(word)).join(' '),
];

/** Of a server that nobody can log in to yet the end of its console. */
export const troublesOf = async (way: Way, server: Server, address: string): Promise<K2hr3Troubles> => {
	const console = await guestConsole(way, server)();
	await keepHostKeys(way, console, address);
	const {units, lines} = await unitTroubles(way.host, argv => inK2hr3Server(way, address, argv));
	return {units, lines: lines.some(line => line !== '') ? lines : console.trimEnd().split('\n').slice(-20)};
};
