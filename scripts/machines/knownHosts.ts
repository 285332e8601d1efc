import {createHash, createHmac} from 'node:crypto';

/** One line of a known_hosts file. */
export type KnownHost = {
	readonly file: string;
	readonly line: number;
	readonly marker?: '@cert-authority' | '@revoked';
	/** Patterns with commas between, or one hashed name. */
	readonly names: string;
	readonly type: string;
	/** Base64. */
	readonly key: string;
};

export type HostKeyVerdict =
	| {readonly verdict: 'known'}
	| {readonly verdict: 'unknown'}
	| {readonly verdict: 'changed' | 'revoked'; readonly entry: KnownHost};

const isMarker = (word: string): word is NonNullable<KnownHost['marker']> => word === '@cert-authority' || word === '@revoked';

/** Reads a known_hosts file. Lines that cannot be read are passed over, as ssh does. */
export const parseKnownHosts = (text: string, file: string): KnownHost[] => text.split('\n').flatMap((content, index) => {
	const words = content.trim().split(/\s+/);
	const marker = isMarker(words[0]!) ? words.shift() as KnownHost['marker'] : undefined;
	const [names, type, key] = words;
	if (names === undefined || names.startsWith('#') || type === undefined || key === undefined) {
		return [];
	}

	return [{file, line: index + 1, ...(marker && {marker}), names, type, key}];
});

/** How known_hosts names a host: the port stands there only when it is not 22. */
export const knownHostName = (host: string, port: number): string => port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

const matchesHash = (hashed: string, name: string): boolean => {
	const [, version, salt, hash] = hashed.split('|');
	return version === '1' && salt !== undefined && hash !== undefined
		&& createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
};

const patternOf = (glob: string): RegExp => {
	const escaped = glob.toLowerCase().replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
	return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
};

const matchesPatterns = (patterns: string, name: string): boolean => {
	const all = patterns.split(',');
	return !all.some(pattern => pattern.startsWith('!') && patternOf(pattern.slice(1)).test(name))
		&& all.some(pattern => !pattern.startsWith('!') && patternOf(pattern).test(name));
};

const matches = ({names}: KnownHost, name: string): boolean => names.startsWith('|') ? matchesHash(names, name) : matchesPatterns(names, name);

/** The entries that speak of this host. */
export const entriesFor = (entries: readonly KnownHost[], host: string, port: number): KnownHost[] => {
	const name = knownHostName(host, port);
	return entries.filter(entry => matches(entry, name));
};

/**
 * What is known of the key that a host shows. A host with other keys on record has changed, even when they are of another type:
 * otherwise whoever is in between need only offer a type that nobody has recorded yet.
 */
export const judgeHostKey = (entries: readonly KnownHost[], host: string, port: number, key: Uint8Array): HostKeyVerdict => {
	const shown = Buffer.from(key).toString('base64');
	const own = entriesFor(entries, host, port).filter(({marker}) => marker !== '@cert-authority');
	const revoked = own.find(entry => entry.marker === '@revoked' && entry.key === shown);
	if (revoked) {
		return {verdict: 'revoked', entry: revoked};
	}

	const valid = own.filter(({marker}) => marker === undefined);
	if (valid.some(entry => entry.key === shown)) {
		return {verdict: 'known'};
	}

	return valid[0] ? {verdict: 'changed', entry: valid[0]} : {verdict: 'unknown'};
};

/** The type that a key names itself, e.g. `ssh-ed25519`. */
export const keyType = (key: Uint8Array): string => {
	const bytes = Buffer.from(key);
	return bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0));
};

/** As ssh and ssh-keygen print it. */
export const fingerprint = (key: Uint8Array): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
