import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';

/** A public key as `authorized_keys` has it: type, base64, and perhaps a comment. The type stands in the data once more. */
export const isPublicKey = (line: string): boolean => {
	const [type = '', data = ''] = line.trim().split(/\s+/);
	if (line.trim().includes('\n') || !/^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+$/.test(type) || !/^[A-Za-z\d+/]+={0,2}$/.test(data)) {
		return false;
	}

	const bytes = Buffer.from(data, 'base64');
	return bytes.length > type.length + 4 && bytes.readUInt32BE(0) === type.length && bytes.toString('latin1', 4, 4 + type.length) === type;
};

/** A value that names a file instead of being a key; `~/` is the home directory of whoever runs the tool. */
export const isKeyFile = (value: string): boolean => /^~?\/./.test(value);

export const sshKeyForms = 'a public key such as "ssh-ed25519 AAAA… name", or the path of a file with public keys, beginning with / or ~/';

type KeyFile = {readonly keys: readonly string[]} | {readonly fault: string};

const readKeyFile = (value: string): KeyFile => {
	const file = value.startsWith('~/') ? path.join(homedir(), value.slice(2)) : value;
	try {
		const lines = readFileSync(file, 'utf8').split('\n').map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'));
		const wrong = lines.findIndex(line => !isPublicKey(line));
		return lines.length === 0 || wrong !== -1 ? {fault: `names ${value}, which holds ${lines.length === 0 ? 'no key' : 'something else than public keys'}`} : {keys: lines};
	} catch (error) {
		const {code = ''} = error as NodeJS.ErrnoException;
		return {fault: `names ${value}, which ${{ENOENT: 'is not there', EACCES: 'may not be read', EISDIR: 'is a directory'}[code] ?? `cannot be read: ${code}`}`};
	}
};

const readEach = (values: readonly string[]): readonly KeyFile[] => values.map(value => isKeyFile(value) ? readKeyFile(value) : {keys: [value.trim()]});

/** What is wrong with the files that are named, each to follow the name of the key. */
export const sshKeyFaults = (values: readonly string[]): readonly string[] => readEach(values).flatMap(each => 'fault' in each ? [each.fault] : []);

/** The keys themselves, each once; files are read where the tool runs. */
export const readSshKeys = (values: readonly string[]): readonly string[] => [...new Set(readEach(values).flatMap(each => 'keys' in each ? each.keys : []))];
