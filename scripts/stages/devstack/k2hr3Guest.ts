import {setTimeout as sleep} from 'node:timers/promises';
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

/** Empty where Nova cannot say it now, as while it starts the server. */
const consoleOf = async (way: Way, server: Server): Promise<string> => guestConsole(way, server)().catch(() => '');

/** Keeps the host keys that the console has now, which nobody on the way can write to, for the address by which the machine reaches the server. */
const keepHostKeys = async (way: Way, console: string, address: string): Promise<boolean> => {
	const keys = hostKeysIn(console);
	if (keys.length > 0) {
		await way.host.write(knownHosts(way), keys.map(key => `${address} ${key}\n`).join(''), {mode: 0o600});
	}

	return keys.length > 0;
};

/** Seconds after K2HR3 answers in which cloud-init, which comes to them last, may write them. Without them there is no way in, and nothing else is amiss. */
const patience = 60;

/** Nothing to learn where they are known: they stay for the life of a server, and its console may have forgotten them. */
export const learnHostKeys = async (way: Way, server: Server, address: string): Promise<void> => {
	for (let second = 0; second < patience && await way.host.read(knownHosts(way)) === undefined && !await keepHostKeys(way, await consoleOf(way, server), address); second += 2) {
		await sleep(2000);
	}
};

/** Those of a server that is no more. */
export const forgetHostKeys = async (way: Pick<Way, 'host' | 'paths'>): Promise<void> => {
	await way.host.run(['rm', '-f', '--', knownHosts(way)]);
};

/** Words that run argv in the server as root, by ssh with the tool's own key. `options`: of ssh besides. */
export const inK2hr3Server = (way: Pick<Way, 'paths'>, address: string, argv: readonly string[], options: readonly string[] = []): readonly string[] => [
	'ssh', '-i', keyFile(way), '-o', `UserKnownHostsFile=${knownHosts(way)}`, '-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'LogLevel=ERROR', ...options,
	`debian@${address}`, ['sudo', ...argv].map(word => quote(word)).join(' '),
];

/** Of a server that nobody can log in to yet the end of its console. */
export const troublesOf = async (way: Way, server: Server, address: string): Promise<K2hr3Troubles> => {
	const console = await consoleOf(way, server);
	await keepHostKeys(way, console, address);
	// An emulated server may take longer to answer than a command is given.
	const {units, lines} = await unitTroubles(way.host, argv => inK2hr3Server(way, address, argv)).catch(() => ({units: [], lines: []}));
	return {units, lines: lines.some(line => line !== '') ? lines : console.trimEnd().split('\n').slice(-20)};
};
