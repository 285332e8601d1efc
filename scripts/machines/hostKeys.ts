import {appendFile, mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {ToolError} from '../errors/toolError.js';
import {
	entriesFor, fingerprint, judgeHostKey, keyType, knownHostName, parseKnownHosts, type KnownHost,
} from './knownHosts.js';
import {quote} from './quote.js';
import {renderSshUrl, type SshAddress} from './sshUrl.js';

export type HostKeyRules = {
	/** Files of the form known_hosts that are read, in this order; those that are missing count as empty. */
	readonly files: readonly string[];
	/** The tool's own file: read too, and where a first-use key is pinned. */
	readonly pinnedFile: string;
	readonly policy: 'known' | 'first-use';
	readonly onNotice: (message: string) => void;
};

export type HostKeys = {
	/** Host key algorithms, those with a key on record first: else the server shows a key nobody can judge. */
	readonly algorithms: readonly string[];
	/** Undefined when the key is good; then an unknown one was pinned, if the policy says so. Otherwise why not. */
	readonly refusal: (key: Uint8Array) => Promise<ToolError | undefined>;
};

const algorithmsOf: ReadonlyArray<readonly [type: string, algorithms: readonly string[]]> = [
	['ssh-ed25519', ['ssh-ed25519']],
	['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
	['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
	['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
	['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
];

const readEntries = async (file: string): Promise<KnownHost[]> => {
	try {
		return parseKnownHosts(await readFile(file, 'utf8'), file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
			return [];
		}

		throw new ToolError('K2D5002', `${file} cannot be read, so no host key can be checked.`, {cause: error});
	}
};

const pin = async (file: string, line: string): Promise<void> => {
	await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
	await appendFile(file, line, {mode: 0o600});
};

/** What is on record about a host, read now. */
export const loadHostKeys = async (address: SshAddress, rules: HostKeyRules): Promise<HostKeys> => {
	const {host, port} = address;
	const lists = await Promise.all([...rules.files, rules.pinnedFile].map(async file => readEntries(file)));
	const entries = lists.flat();
	const types = new Set(entriesFor(entries, host, port).map(({type}) => type));
	const sorted = algorithmsOf.toSorted(([left], [right]) => Number(types.has(right)) - Number(types.has(left)));
	return {
		algorithms: sorted.flatMap(([, algorithms]) => algorithms),
		async refusal(key) {
			const shown = `${keyType(key)} ${fingerprint(key)}`;
			const name = knownHostName(host, port);
			const found = judgeHostKey(entries, host, port, key);
			switch (found.verdict) {
				case 'known': {
					return undefined;
				}

				case 'changed': {
					const {file, line} = found.entry;
					return new ToolError('K2D5003', `${renderSshUrl(address)} shows the host key ${shown}, but another one is on record in ${file}, line ${line}.`, {
						remedy: `If the machine was rebuilt, remove the old key with \`ssh-keygen -R ${quote(name)} -f ${quote(file)}\` and connect again. Otherwise somebody may be in between.`,
					});
				}

				case 'revoked': {
					return new ToolError('K2D5003', `${renderSshUrl(address)} shows the host key ${shown}, which is revoked in ${found.entry.file}, line ${found.entry.line}.`);
				}

				case 'unknown': {
					if (rules.policy === 'known') {
						return new ToolError('K2D5002', `${renderSshUrl(address)} shows the host key ${shown}, which is not on record in ${[...rules.files, rules.pinnedFile].join(', ')}.`);
					}

					await pin(rules.pinnedFile, `${name} ${keyType(key)} ${Buffer.from(key).toString('base64')}\n`);
					rules.onNotice(`The host key of ${renderSshUrl(address)} was not known before. It is pinned now: ${shown}.`);
					return undefined;
				}
			}
		},
	};
};
